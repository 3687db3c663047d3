/** Rows of pictures of one height that fill the width: where each lies. */

export interface Layout {
  /** The first picture of each row, and one more: their number. */
  starts: Int32Array;
  /** The top of each row, and one more: the height of all. */
  tops: Float64Array;
  lefts: Float64Array;
  widths: Float64Array;
}

export function justify(ratios: ArrayLike<number>, width: number, height: number, gap: number): Layout {
  const n = ratios.length;
  const lefts = new Float64Array(n);
  const widths = new Float64Array(n);
  const starts: number[] = [];
  const tops: number[] = [];
  let top = 0;
  for (let first = 0; first < n; ) {
    let sum = 0;
    let end = first;
    // The row ends with the picture that makes it no higher than it is to be.
    while (end < n && (end === first || sum * height + (end - first) * gap < width)) {
      sum += ratios[end++]!;
    }
    const room = width - (end - first - 1) * gap;
    const isFull = sum * height >= room;
    const high = isFull ? room / sum : height;
    let left = 0;
    for (let i = first; i < end; i++) {
      lefts[i] = left;
      widths[i] = Math.min(ratios[i]! * high, width);
      left += widths[i]! + gap;
    }
    starts.push(first);
    tops.push(top);
    top += high + gap;
    first = end;
  }
  starts.push(n);
  tops.push(top);
  return { starts: Int32Array.from(starts), tops: Float64Array.from(tops), lefts, widths };
}

/** Give the rows that lie between two heights: the first, and the one after the last. */
export function rowsBetween(layout: Layout, top: number, bottom: number): [number, number] {
  const n = layout.starts.length - 1;
  return [Math.max(0, after(layout.tops, top) - 1), Math.min(n, after(layout.tops, bottom))];
}

/** Give the row that a picture is in. */
export function rowOf(layout: Layout, i: number): number {
  return after(layout.starts, i) - 1;
}

/** Give the picture of another row that lies nearest above or below. */
export function besides(layout: Layout, i: number, rows: number): number {
  const row = rowOf(layout, i) + rows;
  if (row < 0 || row >= layout.starts.length - 1) return i;
  const middle = layout.lefts[i]! + layout.widths[i]! / 2;
  let best = layout.starts[row]!;
  for (let j = best; j < layout.starts[row + 1]!; j++) {
    const apart = (k: number) => Math.abs(layout.lefts[k]! + layout.widths[k]! / 2 - middle);
    if (apart(j) < apart(best)) best = j;
  }
  return best;
}

/** Give the place of the first number that is larger. */
function after(numbers: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
