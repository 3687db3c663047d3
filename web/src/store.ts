/** What the page knows. All of it comes from the source; nothing is decided here. */

import { computed, signal } from "@preact/signals";
import type { Event } from "./data/live";
import { Live } from "./data/live";
import type { Correction, Done, GroupList, Job, LibraryInfo, Source } from "./data/source";
import { SourceError } from "./data/source";
import type { Message } from "./messages";
import { t } from "./messages";
import { linkTo } from "./router";

export interface Toast {
  id: number;
  text: string;
  isError: boolean;
  /** What it tells of can be undone while this is the newest entry of the journal. */
  entry: number | null;
  /** Where what it tells of can be seen. */
  link: string;
}

export const source = signal<Source>(new Live());
/** What a page that is shared is called. */
export const title = signal("");
export const library = signal<LibraryInfo | null>(null);
export const groups = signal<GroupList | null>(null);
/** The level that is looked at; null for the one that is worked at. */
export const level = signal<number | null>(null);
export const job = signal<Job | null>(null);
export const isOnline = signal(true);
export const problem = signal<string | null>(null);
export const toasts = signal<Toast[]>([]);
/** Groups that pictures were moved to, the last first. */
export const recent = signal<string[]>([]);

export const live = computed<Live | null>(() =>
  source.value instanceof Live ? source.value : null,
);
export const canEdit = computed(() => source.value.canEdit && level.value === null);
export const byId = computed(
  () => new Map((groups.value?.groups ?? []).map((group) => [group.id, group])),
);

const ON_FILES = new Set(["apply", "undo", "resume", "rollback", "restore"]);
const ENDED: Record<string, Message> = {
  update: "endedUpdate", cluster: "endedCluster", apply: "endedApply", undo: "endedUndo",
  rollback: "endedUndo", restore: "endedRestore",
};
const TOAST_MS = 6000;
let lastToast = 0;

export function titleOf(group: { name: string; looks_like: string }): string {
  return group.name || group.looks_like || t("unnamed");
}

/** Ask for everything anew. */
export async function refresh(): Promise<void> {
  try {
    const [known, found] = await Promise.all([
      source.value.library(),
      source.value.groups(level.value),
    ]);
    library.value = known;
    groups.value = found;
    problem.value = null;
  } catch (error) {
    problem.value = said(error);
  }
}

export async function showLevel(n: number | null): Promise<void> {
  level.value = n;
  try {
    const found = await source.value.groups(n);
    if (level.value === n) groups.value = found; // another was asked for meanwhile
  } catch (error) {
    tell(said(error), { isError: true });
  }
}

/** Correct the groups, and say what was done. Tells whether it was. */
export async function correct(what: Correction): Promise<Done | null> {
  const done = await attempt(() => live.value!.correct(groups.value?.entry ?? 0, what));
  if (done) {
    if (what.action === "move" && what.group) remember(what.group);
    const link = what.action === "split" && done.groups[0] ? linkTo("group", done.groups[0]) : "";
    tell(capital(done.message), { entry: done.entry, link });
  }
  return done;
}

/** Let names and corrections belong to the level that is looked at. */
export async function keepLevel(): Promise<void> {
  const n = level.value;
  if (n === null) return;
  const done = await attempt(async () => {
    const found = await live.value!.keepLevel(n);
    level.value = null;
    return found;
  });
  if (done) tell(capital(done.message), { entry: done.entry });
}

export async function undo(steps = 1): Promise<void> {
  const done = await attempt(() => live.value!.undo(groups.value?.entry ?? 0, steps));
  if (done) tell(t("undone", { what: done.message }));
}

export async function redo(steps = 1): Promise<void> {
  const done = await attempt(() => live.value!.redo(groups.value?.entry ?? 0, steps));
  if (done) tell(t("redone", { what: done.message }));
}

/** Do what may fail; what went wrong is said, and the page shows what there is now. */
export async function attempt<T>(act: () => Promise<T>): Promise<T | null> {
  let found: T | null = null;
  try {
    found = await act();
  } catch (error) {
    const isOld = error instanceof SourceError && error.kind === "outdated";
    tell(isOld ? t("outdated") : said(error), { isError: true });
  }
  await refresh();
  return found;
}

interface Telling {
  isError?: boolean;
  entry?: number | null;
  link?: string;
}

export function tell(text: string, { isError = false, entry = null, link = "" }: Telling = {}): void {
  const toast = { id: ++lastToast, text, isError, entry, link };
  toasts.value = [...toasts.value.slice(-2), toast];
  setTimeout(() => dismiss(toast.id), isError ? 2 * TOAST_MS : TOAST_MS);
}

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

export function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Follow what happens in the library, whoever does it. */
export function follow(): () => void {
  let wasOffline = false;
  return live.value!.listen((event: Event) => {
    if (event.kind === "online") {
      isOnline.value = event.isOnline;
      if (event.isOnline) void live.value!.jobs().then(catchUp, () => {});
      if (event.isOnline && wasOffline) void refresh();
      wasOffline = !event.isOnline;
    } else if (event.kind === "changed") {
      if (event.entry !== groups.value?.entry) void refresh();
    } else {
      heard(event.job);
    }
  });
}

/** See what goes on already: only what comes after is told. */
function catchUp(jobs: Job[]): void {
  const running = jobs.find((one) => one.state === "running");
  if (running && running.job_id > (job.value?.job_id ?? 0)) job.value = running;
}

function heard(told: Job): void {
  job.value = told;
  if (told.state === "running") return;
  if (told.state === "failed") tell(t("jobFailed", { message: told.message }), { isError: true });
  else if (told.state === "done" && told.kind !== "duplicates") tell(t(ENDED[told.kind] ?? "jobDone"));
  else if (told.state === "done") return void refresh(); // what was found is to be seen
  else tell(t(ON_FILES.has(told.kind) ? "filesStopped" : "jobStopped"));
  void refresh();
}

function remember(group: string): void {
  recent.value = [group, ...recent.value.filter((other) => other !== group)].slice(0, 5);
}

function capital(text: string): string {
  return text ? text[0]!.toUpperCase() + text.slice(1) : text;
}
