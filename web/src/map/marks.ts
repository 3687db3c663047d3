/** Which points are chosen. */

import { signal } from "@preact/signals";

export type How = "set" | "add" | "take";

export class Marks {
  /** How many; whoever reads it is told of every change. */
  readonly n = signal(0);
  readonly changed = signal(0);
  private mask: Uint8Array;

  constructor(size: number) {
    this.mask = new Uint8Array(size);
  }

  /** One byte for each point, or null where none is chosen. */
  get bytes(): Uint8Array | null {
    return this.n.value ? this.mask : null;
  }

  has(i: number): boolean {
    return this.mask[i] === 1;
  }

  choose(points: Iterable<number>, how: How): void {
    if (how === "set") this.mask.fill(0);
    for (const i of points) this.mask[i] = how === "take" ? 0 : 1;
    this.tell();
  }

  toggle(i: number): void {
    this.mask[i] = this.has(i) ? 0 : 1;
    this.tell();
  }

  clear(): void {
    if (!this.n.value) return;
    this.mask.fill(0);
    this.tell();
  }

  list(): number[] {
    const found: number[] = [];
    this.mask.forEach((is, i) => is && found.push(i));
    return found;
  }

  private tell(): void {
    let n = 0;
    for (const is of this.mask) n += is;
    this.n.value = n;
    this.changed.value++;
  }
}
