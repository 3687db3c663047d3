/** Room for a fixed number of things; what was not needed longest makes way. */

export class Slots {
  /** Slots by what is in them; what was used last is at the end. */
  private readonly used = new Map<number, number>();
  private readonly free: number[];

  constructor(slots: Iterable<number>) {
    this.free = [...slots].reverse();
  }

  /** The slot of a thing, if it has one. */
  get(what: number): number | undefined {
    return this.used.get(what);
  }

  /** Say that a thing is needed now. */
  touch(what: number): void {
    const slot = this.used.get(what);
    if (slot === undefined) return;
    this.used.delete(what);
    this.used.set(what, slot);
  }

  /** Give a thing a slot; null where all are taken by what is needed. */
  take(what: number, isNeeded: (other: number) => boolean): number | null {
    const known = this.used.get(what) ?? this.free.pop() ?? this.freed(isNeeded);
    if (known !== null) this.used.set(what, known);
    return known;
  }

  private freed(isNeeded: (other: number) => boolean): number | null {
    for (const [other, slot] of this.used) {
      if (isNeeded(other)) continue;
      this.used.delete(other);
      return slot;
    }
    return null;
  }

  clear(): void {
    this.free.push(...this.used.values());
    this.used.clear();
  }
}
