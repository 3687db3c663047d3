import { describe, expect, test } from "vitest";
import { besides, justify, rowOf, rowsBetween } from "../src/parts/justify";
import { random } from "./random";

const GAP = 4;

/** Shapes as they come: mostly photos, some panoramas and tall ones. */
function shapes(seed: number, n: number): number[] {
  const next = random(seed);
  return Array.from({ length: n }, () => [1.5, 0.667, 1, 1.333, 0.125, 8][Math.floor(next() * 6)]!);
}

function* cases(): Generator<{ ratios: number[]; width: number; height: number }> {
  for (let seed = 0; seed < 60; seed++) {
    const next = random(1000 + seed);
    yield {
      ratios: shapes(seed, Math.floor(next() * 120)),
      width: 200 + Math.floor(next() * 1800),
      height: 80 + Math.floor(next() * 200),
    };
  }
}

describe("justify", () => {
  test("every picture is in exactly one row, in order", () => {
    for (const { ratios, width, height } of cases()) {
      const { starts } = justify(ratios, width, height, GAP);
      expect(starts[0]).toBe(0);
      expect(starts.at(-1)).toBe(ratios.length);
      for (let row = 1; row < starts.length; row++)
        expect(starts[row]!).toBeGreaterThan(starts[row - 1]!);
    }
  });

  test("every row but the last fills the width, and none is wider", () => {
    for (const { ratios, width, height } of cases()) {
      const { starts, lefts, widths } = justify(ratios, width, height, GAP);
      for (let row = 0; row + 1 < starts.length; row++) {
        const last = starts[row + 1]! - 1;
        const right = lefts[last]! + widths[last]!;
        expect(right).toBeLessThan(width + 0.01);
        if (row + 2 < starts.length) expect(right).toBeGreaterThan(width - 0.01);
      }
    }
  });

  test("no row is higher than it is to be, and pictures keep their shape", () => {
    for (const { ratios, width, height } of cases()) {
      const { starts, tops, widths } = justify(ratios, width, height, GAP);
      for (let row = 0; row + 1 < starts.length; row++) {
        const high = tops[row + 1]! - tops[row]! - GAP;
        expect(high).toBeLessThan(height + 0.01);
        for (let i = starts[row]!; i < starts[row + 1]!; i++)
          expect(Math.abs(widths[i]! - Math.min(ratios[i]! * high, width))).toBeLessThan(0.01);
      }
    }
  });

  test("pictures of a row do not touch", () => {
    for (const { ratios, width, height } of cases()) {
      const { starts, lefts, widths } = justify(ratios, width, height, GAP);
      for (let row = 0; row + 1 < starts.length; row++)
        for (let i = starts[row]! + 1; i < starts[row + 1]!; i++)
          expect(lefts[i]! - lefts[i - 1]! - widths[i - 1]!).toBeCloseTo(GAP, 6);
    }
  });

  test("the last row is as high as the others", () => {
    const layout = justify([1, 1, 1, 1, 1, 1, 1], 500, 190, GAP);
    const heights = [...layout.tops].slice(1).map((top, i) => top - layout.tops[i]! - GAP);
    expect(heights.at(-1)).toBeCloseTo(heights.at(-2)!, 6);
  });

  test("nothing to show is nothing", () => {
    const layout = justify([], 500, 190, GAP);
    expect([...layout.starts]).toEqual([0]);
    expect(rowsBetween(layout, 0, 100)).toEqual([0, 0]);
  });
});

describe("rows", () => {
  test("what is in sight is in the rows that are shown", () => {
    for (const { ratios, width, height } of cases()) {
      const layout = justify(ratios, width, height, GAP);
      const [from, to] = [layout.tops.at(-1)! * 0.3, layout.tops.at(-1)! * 0.6];
      const [first, last] = rowsBetween(layout, from, to);
      for (let row = 0; row + 1 < layout.starts.length; row++) {
        const isSeen = layout.tops[row]! < to && layout.tops[row + 1]! > from;
        if (isSeen) expect(row >= first && row < last).toBe(true);
      }
      expect(last - first).toBeLessThan(layout.starts.length);
    }
  });

  test("a picture is found in its row", () => {
    for (const { ratios, width, height } of cases()) {
      const layout = justify(ratios, width, height, GAP);
      ratios.forEach((_, i) => {
        const row = rowOf(layout, i);
        expect(i >= layout.starts[row]! && i < layout.starts[row + 1]!).toBe(true);
      });
    }
  });

  test("up and down go one row, to what lies nearest, and stay at the ends", () => {
    const layout = justify(Array(9).fill(1), 318, 100, GAP); // three rows of three... and a bit
    const row = rowOf(layout, 4);
    expect(rowOf(layout, besides(layout, 4, 1))).toBe(row + 1);
    expect(rowOf(layout, besides(layout, 4, -1))).toBe(row - 1);
    expect(besides(layout, 0, -1)).toBe(0);
    expect(besides(layout, 8, 1)).toBe(8);
    expect(besides(layout, besides(layout, 1, 1), -1)).toBe(1);
  });
});
