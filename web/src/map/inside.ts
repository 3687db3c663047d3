/** Which points a drawn line goes around. */

import type { Box, Point } from "./view";

const BANDS = 256;

export function boxOf(line: readonly Point[]): Box {
  const xs = line.map(([x]) => x);
  const ys = line.map(([, y]) => y);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

export function rectangle([x1, y1]: Point, [x2, y2]: Point): Point[] {
  return [[x1, y1], [x2, y1], [x2, y2], [x1, y2]];
}

/**
 * Give a test of whether a point lies inside a closed line (even-odd rule).
 *
 * A line drawn by hand has hundreds of corners, and a million points may be asked for: the edges
 * are kept by horizontal bands, so that a point meets only those that pass at its height.
 */
export function insideOf(line: readonly Point[]): (x: number, y: number) => boolean {
  if (line.length < 3) return () => false;
  const { left, top, right, bottom } = boxOf(line);
  const height = bottom - top || 1;
  const bandOf = (y: number) => Math.min(BANDS - 1, Math.floor(((y - top) / height) * BANDS));
  const bands: number[][] = Array.from({ length: BANDS }, () => []);
  line.forEach(([, y1], i) => {
    const y2 = line[(i + 1) % line.length]![1];
    for (let band = bandOf(Math.min(y1, y2)); band <= bandOf(Math.max(y1, y2)); band++) bands[band]!.push(i);
  });
  return (x, y) => {
    if (!(x >= left && x <= right && y >= top && y <= bottom)) return false;
    let isInside = false;
    for (const i of bands[bandOf(y)]!) {
      const [x1, y1] = line[i]!;
      const [x2, y2] = line[(i + 1) % line.length]!;
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) isInside = !isInside;
    }
    return isInside;
  };
}
