/** The duplicates that are looked through: which of them are loaded, where one is, what is decided. */

import { signal } from "@preact/signals";
import { UNDECIDED } from "./decisions";
import type { DuplicateGroup, DuplicateKind, DuplicateList } from "./source";

export const PAGE = 100;
const NEAR_END = 20;
export type Ask = (kind: DuplicateKind | null, offset: number, n: number) => Promise<DuplicateList>;

export class Review {
  readonly head = signal<DuplicateList | null>(null);
  readonly kind = signal<DuplicateKind>("identical");
  readonly groups = signal<DuplicateGroup[]>([]);
  readonly at = signal(0);
  readonly decisions = signal(UNDECIDED);
  private isLoading = false;

  constructor(private readonly ask: Ask) {}

  /** Ask anew; decisions are kept as long as nothing has gone or come back. */
  async load(): Promise<void> {
    const before = this.head.value;
    const head = await this.ask(null, 0, 1);
    if (before?.found !== head.found || before.as_of !== head.as_of) this.decisions.value = UNDECIDED;
    this.head.value = head;
    const has = (kind: DuplicateKind) => head.kinds.some((one) => one.kind === kind && one.groups);
    const first = head.kinds.find((one) => one.groups)?.kind;
    const kind = has(this.kind.value) ? this.kind.value : first;
    if (kind) await this.show(kind, this.at.value);
    else this.groups.value = [];
  }

  async show(kind: DuplicateKind, at = 0): Promise<void> {
    const found = await this.ask(kind, 0, Math.max(PAGE, Math.min(5 * PAGE, at + 1)));
    this.kind.value = kind;
    this.groups.value = found.groups;
    this.at.value = Math.max(0, Math.min(at, found.groups.length - 1));
  }

  get total(): number {
    return this.head.value?.kinds.find((one) => one.kind === this.kind.value)?.groups ?? 0;
  }

  /** Go to a group; the next page comes before the last one is looked at. */
  async go(at: number): Promise<void> {
    this.at.value = Math.max(0, Math.min(at, this.groups.value.length - 1));
    if (this.at.value + NEAR_END >= this.groups.value.length) await this.more();
  }

  async more(): Promise<void> {
    const known = this.groups.value;
    if (this.isLoading || known.length >= this.total) return;
    this.isLoading = true;
    try {
      const kind = this.kind.value;
      const found = await this.ask(kind, known.length, PAGE);
      if (this.kind.value === kind && this.groups.value === known)
        this.groups.value = [...known, ...found.groups];
    } finally {
      this.isLoading = false;
    }
  }
}
