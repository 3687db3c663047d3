import { describe, expect, it } from "vitest";
import { boxOf, insideOf, rectangle } from "../src/map/inside";
import { spotsOf, uncluttered } from "../src/map/labels";
import type { Point } from "../src/map/view";
import { WORLD, fitted, flight, inSight, intoWorld, kept, toScreen, toWorld, zoomed } from "../src/map/view";
import { random } from "./random";

const SIZE = { width: 800, height: 600 };

/** Whether a point is inside, by the angles under which it sees the edges. */
function winds(line: readonly Point[], x: number, y: number): boolean {
  let sum = 0;
  line.forEach(([x1, y1], i) => {
    const [x2, y2] = line[(i + 1) % line.length]!;
    const turn = Math.atan2(y2 - y, x2 - x) - Math.atan2(y1 - y, x1 - x);
    sum += Math.atan2(Math.sin(turn), Math.cos(turn));
  });
  return Math.abs(sum) > Math.PI;
}

describe("insideOf", () => {
  it("agrees with the angles for lines that bend in and out", () => {
    const next = random(1);
    for (let round = 0; round < 40; round++) {
      const n = 3 + Math.floor(next() * 200);
      const line: Point[] = Array.from({ length: n }, (_, i) => {
        const angle = (i / n) * 2 * Math.PI;
        const far = 20 + 80 * next();
        return [100 + far * Math.cos(angle), 100 + far * Math.sin(angle)];
      });
      const isIn = insideOf(line);
      for (let k = 0; k < 60; k++) {
        const [x, y] = [220 * next() - 10, 220 * next() - 10];
        expect(isIn(x, y)).toBe(winds(line, x, y));
      }
    }
  });

  it("leaves the hole of a ring out", () => {
    const ring: Point[] = [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0], [3, 3], [7, 3], [7, 7], [3, 7], [3, 3]];
    const isIn = insideOf(ring);
    expect([isIn(1, 5), isIn(5, 5), isIn(9, 1), isIn(11, 5)]).toEqual([true, false, true, false]);
  });

  it("finds nothing in a line or a dot", () => {
    expect(insideOf([[0, 0], [5, 5]])(2, 2)).toBe(false);
    expect(insideOf([[1, 1], [1, 1], [1, 1]])(1, 1)).toBe(false);
  });

  it("takes a box whichever corner it is drawn from", () => {
    const isIn = insideOf(rectangle([9, 8], [2, 1]));
    expect([isIn(5, 5), isIn(1, 5), isIn(5, 9)]).toEqual([true, false, false]);
    expect(boxOf(rectangle([9, 8], [2, 1]))).toEqual({ left: 2, top: 1, right: 9, bottom: 8 });
  });
});

describe("views", () => {
  it("go to the screen and back", () => {
    const view = { x: 300, y: 700, zoom: 2.5 };
    const [x, y] = toWorld(view, SIZE, toScreen(view, SIZE, [310, 690]));
    expect(x).toBeCloseTo(310);
    expect(y).toBeCloseTo(690);
  });

  it("show all of a box that is asked for", () => {
    const box = { left: 100, right: 180, top: 400, bottom: 410 };
    const seen = inSight(fitted(box, SIZE, 20), SIZE);
    expect(seen.left).toBeLessThan(box.left);
    expect(seen.right).toBeGreaterThan(box.right);
    expect(seen.top).toBeLessThan(box.top);
    expect(seen.bottom).toBeGreaterThan(box.bottom);
  });

  it("keep what is under the pointer there when zoomed", () => {
    const before = { x: 500, y: 500, zoom: 1 };
    const at: Point = [620, 140];
    const after = zoomed(before, SIZE, 1.5, at);
    expect(after.zoom).toBeCloseTo(2.5);
    const [a, b] = [toWorld(before, SIZE, at), toWorld(after, SIZE, at)];
    expect(b[0]).toBeCloseTo(a[0]);
    expect(b[1]).toBeCloseTo(a[1]);
  });

  it("never lose the map", () => {
    const far = kept({ x: 9e9, y: -9e9, zoom: -40 }, SIZE);
    expect(far.x).toBe(WORLD);
    expect(far.y).toBe(0);
    expect(far.zoom).toBeGreaterThan(-3);
    expect(kept({ x: 1, y: 1, zoom: 99 }, SIZE).zoom).toBeLessThan(12);
  });

  it("fly from the one to the other without a jump, higher in between", () => {
    const [from, to] = [{ x: 100, y: 100, zoom: 4 }, { x: 900, y: 800, zoom: 5 }];
    const { at, ms } = flight(from, to, SIZE);
    expect(at(0)).toEqual(from);
    expect(at(1)).toEqual(to);
    expect(at(1e-9).x).toBeCloseTo(from.x, 3);
    expect(at(1e-9).zoom).toBeCloseTo(from.zoom, 3);
    expect(at(1 - 1e-9).x).toBeCloseTo(to.x, 3);
    expect(at(1 - 1e-9).zoom).toBeCloseTo(to.zoom, 3);
    expect(at(0.5).zoom).toBeLessThan(4);
    expect(ms).toBeGreaterThan(200);
    expect(flight(from, { ...from, zoom: 6 }, SIZE).at(0.5).zoom).toBeCloseTo(5);
  });

  it("take all places into the square, as they lie to each other", () => {
    const world = intoWorld(Float32Array.of(-5, 10, 5, 10, 0, 12));
    expect([...world].every((v) => v >= 0 && v <= WORLD)).toBe(true);
    expect(world[2]! - world[0]!).toBeCloseTo(WORLD);
    expect(world[5]! - world[1]!).toBeCloseTo(WORLD / 5);
    expect([...intoWorld(Float32Array.of(3, 4))]).toEqual([WORLD / 2, WORLD / 2]);
    expect(intoWorld(new Float32Array()).length).toBe(0);
  });
});

describe("names of groups", () => {
  it("stand on a picture of the group, also where the group is bent", () => {
    const points: number[] = [];
    for (let i = 0; i <= 100; i++) {
      const angle = (i / 100) * Math.PI;
      points.push(500 + 400 * Math.cos(angle), 500 - 400 * Math.sin(angle)); // half a ring
    }
    const [spot, none] = spotsOf(Float32Array.from(points), new Int32Array(101), 2);
    expect(Math.hypot(spot!.at[0] - 500, spot!.at[1] - 500)).toBeCloseTo(400, 0);
    expect(spot!.n).toBe(101);
    expect(none).toBeNull();
  });

  it("do not mind a picture that lies far away", () => {
    const xy = Float32Array.from({ length: 400 }, (_, i) => 100 + (i % 7));
    xy.set([1000, 1000], 0);
    const [spot] = spotsOf(xy, new Int32Array(200), 1);
    expect(spot!.body.right).toBeLessThan(110);
    expect(spot!.n).toBe(200);
  });

  it("never overlap, and the first has its place", () => {
    const next = random(7);
    const wanted = Array.from({ length: 300 }, () => ({
      x: 800 * next(), y: 600 * next(), width: 40 + 120 * next(), height: 26,
    }));
    const chosen = uncluttered(wanted, 4, 50);
    expect(chosen[0]).toBe(0);
    expect(chosen.length).toBeGreaterThan(10);
    expect(chosen.length).toBeLessThanOrEqual(50);
    chosen.forEach((i, k) => {
      for (const j of chosen.slice(k + 1)) {
        const [a, b] = [wanted[i]!, wanted[j]!];
        const isApart = Math.abs(a.x - b.x) > (a.width + b.width) / 2 || Math.abs(a.y - b.y) > 26;
        expect(isApart).toBe(true);
      }
    });
  });
});
