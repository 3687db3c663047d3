/** Which pictures are chosen: by click, shift, drag and keys. */

import { signal } from "@preact/signals";

export class Selection {
  readonly keys = signal<ReadonlySet<string>>(new Set());
  private anchor = 0;

  /** Choose as a click does: alone to turn one on or off, with shift all up to there. */
  click(all: readonly string[], i: number, isRange: boolean): void {
    if (isRange) this.range(all, this.anchor, i);
    else {
      const next = new Set(this.keys.value);
      if (!next.delete(all[i]!)) next.add(all[i]!);
      this.anchor = i;
      this.keys.value = next;
    }
  }

  range(all: readonly string[], from: number, to: number): void {
    const [first, last] = from < to ? [from, to] : [to, from];
    this.keys.value = new Set([...this.keys.value, ...all.slice(first, last + 1)]);
  }

  from(i: number): void {
    this.anchor = i;
  }

  set(keys: Iterable<string>): void {
    this.keys.value = new Set(keys);
  }

  clear(): void {
    if (this.keys.value.size) this.keys.value = new Set();
  }
}
