/** Where the names of groups stand. */

import type { Box, Point } from "./view";

const SAMPLE = 1001;
/** The part of a group, at each end and along each axis, that does not count as its body. */
const TAIL = 0.05;

export interface Spot {
  /** A picture's place in the middle of the group. */
  at: Point;
  /** Where most of the group lies. */
  body: Box;
  n: number;
}

/** Give the spot of each group; of one that has no picture on the map, null. */
export function spotsOf(xy: Float32Array, labels: Int32Array, nGroups: number): (Spot | null)[] {
  const n = new Uint32Array(nGroups);
  for (const label of labels) if (label >= 0) n[label]!++;
  const samples: number[][] = Array.from(n, () => []);
  const seen = new Uint32Array(nGroups);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label < 0) continue;
    const step = Math.ceil(n[label]! / SAMPLE);
    if (seen[label]!++ % step === 0) samples[label]!.push(i);
  }
  return samples.map((points, label) => (points.length ? spotOf(xy, points, n[label]!) : null));
}

function spotOf(xy: Float32Array, points: number[], n: number): Spot {
  const xs = Float32Array.from(points, (i) => xy[2 * i]!).sort();
  const ys = Float32Array.from(points, (i) => xy[2 * i + 1]!).sort();
  const part = (values: Float32Array, share: number) => values[Math.round((values.length - 1) * share)]!;
  const [midX, midY] = [part(xs, 0.5), part(ys, 0.5)];
  // The medians of a bent group may lie beside it; the picture next to them does not.
  let [at, least]: [Point, number] = [[midX, midY], Infinity];
  for (const i of points) {
    const far = (xy[2 * i]! - midX) ** 2 + (xy[2 * i + 1]! - midY) ** 2;
    if (far < least) [at, least] = [[xy[2 * i]!, xy[2 * i + 1]!], far];
  }
  const body = { left: part(xs, TAIL), right: part(xs, 1 - TAIL), top: part(ys, TAIL), bottom: part(ys, 1 - TAIL) };
  return { at, body, n };
}

export interface Wanted {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Choose which labels to show: of those that would overlap, the one that comes first. */
export function uncluttered(wanted: readonly Wanted[], gap: number, most: number): number[] {
  const placed: Box[] = [];
  const chosen: number[] = [];
  for (let i = 0; i < wanted.length && chosen.length < most; i++) {
    const { x, y, width, height } = wanted[i]!;
    const own = {
      left: x - width / 2 - gap,
      right: x + width / 2 + gap,
      top: y - height / 2 - gap,
      bottom: y + height / 2 + gap,
    };
    const isFree = placed.every(
      (other) => own.left > other.right || own.right < other.left || own.top > other.bottom || own.bottom < other.top,
    );
    if (!isFree) continue;
    placed.push(own);
    chosen.push(i);
  }
  return chosen;
}
