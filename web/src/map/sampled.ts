/** Which pictures are shown as thumbnails: as many as there is room for, spread over what is in sight. */

import { DEEPEST } from "./tree";
import type { Tree } from "./tree";
import { WORLD, inSight, scaleOf } from "./view";
import type { Size, View } from "./view";

/** A cell of so many dots is a crowd: it stays dots until one comes closer. */
const CROWD = 8;
/** With no more than this in sight, every cell shows one. */
const FEW = 1500;
const APART = 0.62;

export interface Sampled {
  points: number[];
  /** Pixels of a thumbnail's side. */
  side: number;
  /** Whether every cell shows one. */
  isOpen: boolean;
}

/**
 * Choose one picture of each cell of a grid that lies fast on the map.
 *
 * Of the pictures of a cell the one that comes first by a fixed shuffle is taken. It is then also
 * the first of the smaller cell it is in: what is shown stays when one comes closer, and others
 * join it.
 */
export function sampled(
  tree: Tree, xy: Float32Array, view: View, size: Size, side: number, isShown: (i: number) => boolean,
): Sampled {
  const scale = scaleOf(view);
  const level = Math.max(0, Math.min(DEEPEST, Math.floor(Math.log2((WORLD * scale) / side))));
  const cell = WORLD / 2 ** level;
  const box = inSight(view, size, side);
  const last = 2 ** level - 1;
  const bounds = (from: number, to: number) =>
    [Math.max(0, Math.floor(from / cell)), Math.min(last, Math.floor(to / cell))] as const;
  const [left, right] = bounds(box.left, box.right);
  const [top, bottom] = bounds(box.top, box.bottom);
  const runs = [];
  let n = 0;
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const run = tree.cell(level, x, y);
      if (run[1] > run[0]) runs.push(run);
      n += run[1] - run[0];
    }
  }
  const isOpen = n <= FEW || level === DEEPEST;
  const found: number[] = [];
  for (const [from, to] of runs) {
    if (!isOpen && to - from > CROWD) continue;
    const first = firstOf(tree, from, to, isShown);
    if (first >= 0) found.push(first);
  }
  return { points: spread(found, xy, (side * APART) / scale), side, isOpen };
}

function firstOf(tree: Tree, from: number, to: number, isShown: (i: number) => boolean): number {
  let best = -1;
  for (let at = from; at < to; at++) {
    const i = tree.order[at]!;
    if (isShown(i) && (best < 0 || shuffled(i) < shuffled(best))) best = i;
  }
  return best;
}

/** Leave out what would cover another that comes first. */
function spread(points: number[], xy: Float32Array, apart: number): number[] {
  const taken = new Map<string, number[]>();
  const cellOf = (value: number) => Math.floor(value / apart);
  return points
    .sort((a, b) => shuffled(a) - shuffled(b))
    .filter((i) => {
      const [x, y] = [xy[2 * i]!, xy[2 * i + 1]!];
      const [cx, cy] = [cellOf(x), cellOf(y)];
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          for (const j of taken.get(`${cx + dx},${cy + dy}`) ?? [])
            if (Math.abs(xy[2 * j]! - x) < apart && Math.abs(xy[2 * j + 1]! - y) < apart) return false;
        }
      }
      const own = `${cx},${cy}`;
      taken.set(own, [...(taken.get(own) ?? []), i]);
      return true;
    });
}

/** A fixed shuffle of the numbers (the finish of MurmurHash3, one to one). */
function shuffled(i: number): number {
  let h = i + 1;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
