/** What is searched for: it stays while pictures are looked at, and stands in the address. */

import { computed, signal } from "@preact/signals";
import type { FoundList, Wanted } from "./data/source";
import { t } from "./messages";
import { live, said, tell } from "./store";

/** A picture that was dropped, pasted or chosen. */
export interface Dropped {
  id: string;
  name: string;
  /** Shows it without asking the server. */
  url: string;
}

export interface Facts {
  taken: string;
  camera: string;
  folder: string;
  place: string;
  flag: string;
  copies: "" | "identical" | "same" | "edited" | "burst";
}

export const NO_FACTS: Facts = { taken: "", camera: "", folder: "", place: "", flag: "", copies: "" };
const MOST_DROPPED = 16;
const MOST_EXAMPLES = 200;

export const words = signal("");
export const liked = signal<readonly string[]>([]);
export const unliked = signal<readonly string[]>([]);
export const dropped = signal<readonly Dropped[]>([]);
export const facts = signal<Facts>(NO_FACTS);
export const onePerGroup = signal(false);
export const found = signal<FoundList | null>(null);
export const isLooking = signal(false);
/** Files that are being sent. */
export const sending = signal(0);

/** Whether the results have scores: words alone give none. */
export const byPictures = computed(() => liked.value.length + dropped.value.length > 0);
export const isEmpty = computed(
  () => !byPictures.value && !words.value.trim() && Object.values(facts.value).every((value) => !value),
);

export function wantLike(keys: readonly string[]): void {
  const most = keys.slice(0, MOST_EXAMPLES);
  unliked.value = unliked.value.filter((key) => !most.includes(key));
  liked.value = [...new Set([...liked.value, ...most])].slice(-MOST_EXAMPLES);
}

export function wantUnlike(keys: readonly string[]): void {
  const most = keys.slice(0, MOST_EXAMPLES);
  liked.value = liked.value.filter((key) => !most.includes(key));
  unliked.value = [...new Set([...unliked.value, ...most])].slice(-MOST_EXAMPLES);
}

export function forget(key: string): void {
  liked.value = liked.value.filter((one) => one !== key);
  unliked.value = unliked.value.filter((one) => one !== key);
}

export function letGo(id: string): void {
  for (const one of dropped.value) if (one.id === id) URL.revokeObjectURL(one.url);
  dropped.value = dropped.value.filter((one) => one.id !== id);
}

/** Begin anew. */
export function clear(): void {
  for (const one of dropped.value) URL.revokeObjectURL(one.url);
  words.value = "";
  liked.value = unliked.value = dropped.value = [];
  facts.value = NO_FACTS;
  onePerGroup.value = false;
  found.value = null;
}

/** Send files, to search for what is like them. Tells whether one was taken. */
export async function drop(files: readonly File[]): Promise<boolean> {
  let isTaken = false;
  for (const file of files.slice(0, MOST_DROPPED)) {
    sending.value++;
    try {
      const id = await live.value!.keep(file);
      const one = { id, name: file.name, url: URL.createObjectURL(file) };
      dropped.value = [...dropped.value, one].slice(-MOST_DROPPED);
      isTaken = true;
    } catch (error) {
      tell(said(error), { isError: true });
    } finally {
      sending.value--;
    }
  }
  if (files.length > MOST_DROPPED) tell(t("droppedMost", { n: MOST_DROPPED }), { isError: true });
  return isTaken;
}

export function asked(): Wanted {
  const { place, ...rest } = facts.value;
  const [latitude, longitude] = place ? place.split(",").map(Number) : [];
  return {
    q: words.value.trim(),
    like: [...liked.value],
    unlike: [...unliked.value],
    uploads: dropped.value.map((one) => one.id),
    one_per_group: onePerGroup.value,
    ...rest,
    ...(latitude !== undefined && longitude !== undefined ? { latitude, longitude } : {}),
  };
}

let last = 0;

/** Search for what is wanted now; an answer that comes too late counts no more. */
export async function look(): Promise<void> {
  const mine = ++last;
  if (isEmpty.value) {
    found.value = null;
    isLooking.value = false;
    return;
  }
  isLooking.value = true;
  try {
    const wanted = asked();
    const list = byPictures.value ? await live.value!.search(wanted) : await live.value!.words(wanted);
    if (mine === last) found.value = list;
  } catch (error) {
    if (mine === last) {
      found.value = null;
      tell(said(error), { isError: true });
    }
  } finally {
    if (mine === last) isLooking.value = false;
  }
}

/** What stands in the address: all but dropped pictures, which only this page has. */
export function toQuery(): Record<string, string> {
  const given = {
    q: words.value.trim(),
    like: liked.value.join(","),
    unlike: unliked.value.join(","),
    one: onePerGroup.value ? "1" : "",
    ...facts.value,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value));
}

export function fromQuery(query: URLSearchParams): void {
  const keys = (name: string) => (query.get(name) ?? "").split(",").filter((key) => /^[0-9a-f]{16}$/.test(key));
  words.value = query.get("q") ?? "";
  liked.value = keys("like");
  unliked.value = keys("unlike");
  onePerGroup.value = query.get("one") === "1";
  facts.value = Object.fromEntries(
    Object.keys(NO_FACTS).map((name) => [name, query.get(name) ?? ""]),
  ) as unknown as Facts;
}
