/** The pictures that are gone through one by one, and where one was before that. */

import { signal } from "@preact/signals";

export interface Walk {
  /** Where they are shown: a group's id, or a screen. */
  name: string;
  keys: readonly string[];
}

export const walk = signal<Walk | null>(null);

/** Where a gallery was left: how far it was scrolled, and the picture looked at last. */
interface Left {
  scroll: number;
  key: string;
}

const left = new Map<string, Left>();

/** Begin to go through the pictures of a gallery. */
export function begin(name: string, keys: readonly string[], key: string): void {
  walk.value = { name, keys };
  left.set(name, { scroll: scrollY, key });
}

/** The picture looked at last is where a gallery goes on. */
export function passed(name: string, key: string): void {
  const known = left.get(name);
  if (known) known.key = key;
}

/** Give where a gallery was left, once. */
export function returned(name: string): Left | null {
  const known = left.get(name) ?? null;
  left.delete(name);
  return known;
}
