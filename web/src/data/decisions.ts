/** What is decided of duplicates, before any plan: kept here alone, as nothing is done yet. */

import type { DuplicateFile, DuplicateGroup, DuplicateKind, KindCount } from "./source";

/** The places of the file to keep and of files that stay too; or the whole group stays. */
export type Decision = { keeper: number; stay: readonly number[] } | "leave";

export interface Decisions {
  /** Kinds of which every group goes as proposed, unless it is decided on. */
  readonly kinds: ReadonlySet<DuplicateKind>;
  readonly groups: ReadonlyMap<number, { group: DuplicateGroup; decision: Decision }>;
}

export interface Sum {
  files: number;
  bytes: number;
}

export const UNDECIDED: Decisions = { kinds: new Set(), groups: new Map() };

export function proposal(group: DuplicateGroup): Decision {
  return { keeper: group.files[0]!.place, stay: [] };
}

/** What counts for a group now; null where nothing was decided. */
export function decisionOf(all: Decisions, group: DuplicateGroup): Decision | null {
  const own = all.groups.get(group.group);
  if (own) return own.decision;
  return all.kinds.has(group.kind) ? proposal(group) : null;
}

export function decide(all: Decisions, group: DuplicateGroup, decision: Decision): Decisions {
  const groups = new Map(all.groups).set(group.group, { group, decision });
  return { ...all, groups };
}

export function withKeeper(all: Decisions, group: DuplicateGroup, keeper: number): Decisions {
  const now = decisionOf(all, group);
  const stay = now && now !== "leave" ? now.stay.filter((place) => place !== keeper) : [];
  return decide(all, group, { keeper, stay });
}

/** Let a file stay that would go, or go that would stay. */
export function withStay(all: Decisions, group: DuplicateGroup, place: number): Decisions {
  const known = decisionOf(all, group);
  const now = known === null || known === "leave" ? proposal(group) : known;
  if (now === "leave" || now.keeper === place) return all;
  const has = now.stay.includes(place);
  const stay = has ? now.stay.filter((other) => other !== place) : [...now.stay, place];
  return decide(all, group, { keeper: now.keeper, stay });
}

export function undecide(all: Decisions, group: DuplicateGroup): Decisions {
  const groups = new Map(all.groups);
  groups.delete(group.group);
  return { ...all, groups };
}

/** Let all groups of a kind go as proposed, or take that back. What was decided of one stays. */
export function accept(all: Decisions, kind: DuplicateKind, isOn: boolean): Decisions {
  const kinds = new Set(all.kinds);
  if (isOn) kinds.add(kind);
  else kinds.delete(kind);
  return { ...all, kinds };
}

export function goes(file: DuplicateFile, decision: Decision | null): boolean {
  if (decision === null || decision === "leave" || file.is_protected) return false;
  return file.place !== decision.keeper && !decision.stay.includes(file.place);
}

/** How many files would go, and how large they are. */
export function sumOf(all: Decisions, counts: readonly KindCount[]): Sum {
  const sum = { files: 0, bytes: 0 };
  for (const one of counts) if (all.kinds.has(one.kind)) add(sum, one, 1);
  for (const { group, decision } of all.groups.values()) {
    if (all.kinds.has(group.kind)) add(sum, going(group, proposal(group)), -1);
    add(sum, going(group, decision), 1);
  }
  return sum;
}

/** What the server is told. */
export function asked(all: Decisions) {
  const own = [...all.groups.values()];
  return {
    kinds: [...all.kinds],
    leave: own.flatMap((one) => (one.decision === "leave" ? [one.group.group] : [])),
    decisions: own.flatMap(({ group, decision }) =>
      decision === "leave"
        ? []
        : [{ group: group.group, keeper: decision.keeper, stay: [...decision.stay] }],
    ),
  };
}

function going(group: DuplicateGroup, decision: Decision): Sum {
  const sum = { files: 0, bytes: 0 };
  for (const file of group.files)
    if (goes(file, decision)) add(sum, { files: 1, bytes: file.bytes }, 1);
  return sum;
}

function add(sum: Sum, other: Sum, sign: 1 | -1): void {
  sum.files += sign * other.files;
  sum.bytes += sign * other.bytes;
}
