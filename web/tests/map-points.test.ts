import { describe, expect, it } from "vitest";
import { unpacked } from "../src/data/packed";
import { dotColours, packed } from "../src/map/colours";
import { insideOf } from "../src/map/inside";
import { Marks } from "../src/map/marks";
import { sampled } from "../src/map/sampled";
import { Slots } from "../src/map/slots";
import { Tree } from "../src/map/tree";
import { WORLD, fitted, toScreen } from "../src/map/view";
import type { Point } from "../src/map/view";
import { random } from "./random";

const SIZE = { width: 800, height: 600 };
const every = () => true;

/** Points in heaps, as maps of pictures have them. */
function heaps(n: number, seed = 3): Float32Array {
  const next = random(seed);
  const xy = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) {
    const heap = i % 20;
    const spread = (next() + next() + next() - 1.5) * 60;
    xy[2 * i] = Math.min(WORLD, Math.max(0, ((heap * 397) % WORLD) + spread));
    xy[2 * i + 1] = Math.min(WORLD, Math.max(0, ((heap * 211) % WORLD) + (next() - 0.5) * 120));
  }
  return xy;
}

describe("Tree", () => {
  const xy = heaps(5000);
  const tree = new Tree(xy);

  it("has every point once", () => {
    expect([...tree.order].sort((a, b) => a - b)).toEqual(Array.from({ length: 5000 }, (_, i) => i));
  });

  it("gives the points of each cell of each level", () => {
    for (const level of [0, 1, 3, 6]) {
      const side = WORLD / 2 ** level;
      let n = 0;
      for (let y = 0; y < 2 ** level; y++) {
        for (let x = 0; x < 2 ** level; x++) {
          const [first, last] = tree.cell(level, x, y);
          n += last - first;
          for (const i of tree.order.subarray(first, last)) {
            expect(Math.min(Math.floor(xy[2 * i]! / side), 2 ** level - 1)).toBe(x);
            expect(Math.min(Math.floor(xy[2 * i + 1]! / side), 2 ** level - 1)).toBe(y);
          }
        }
      }
      expect(n).toBe(5000);
    }
  });

  it("finds with a lasso what a look at each point finds", () => {
    const line: Point[] = [[100, 100], [900, 180], [500, 400], [880, 900], [130, 700]];
    const isIn = insideOf(line);
    const box = { left: 100, top: 100, right: 900, bottom: 900 };
    const all = Array.from({ length: 5000 }, (_, i) => i).filter((i) => isIn(xy[2 * i]!, xy[2 * i + 1]!));
    expect(all.length).toBeGreaterThan(100);
    expect(tree.within(box, isIn).sort((a, b) => a - b)).toEqual(all);
  });

  it("finds the nearest that is shown", () => {
    const next = random(11);
    for (let k = 0; k < 100; k++) {
      const [x, y] = [WORLD * next(), WORLD * next()];
      const isShown = (i: number) => i % 3 > 0;
      let [best, far] = [-1, 40];
      for (let i = 0; i < 5000; i++) {
        const d = Math.hypot(xy[2 * i]! - x, xy[2 * i + 1]! - y);
        if (isShown(i) && d < far) [best, far] = [i, d];
      }
      expect(tree.nearest(x, y, 40, isShown)).toBe(best);
    }
  });

  it("can be empty", () => {
    const none = new Tree(new Float32Array());
    expect(none.nearest(1, 1, 99, every)).toBe(-1);
    expect(none.within({ left: 0, top: 0, right: 9, bottom: 9 }, every)).toEqual([]);
  });
});

describe("sampled", () => {
  const xy = heaps(20_000);
  const tree = new Tree(xy);
  const all = fitted({ left: 0, top: 0, right: WORLD, bottom: WORLD }, SIZE, 0);

  it("shows few where all is in sight, and fills the view closer by", () => {
    const far = sampled(tree, xy, all, SIZE, 56, every);
    const close = sampled(tree, xy, { x: 397, y: 211, zoom: 3 }, SIZE, 56, every);
    expect(far.isOpen).toBe(false);
    expect(close.isOpen).toBe(true);
    expect(close.points.length).toBeGreaterThan(20);
    expect(close.points.length).toBeLessThan(300);
  });

  it("covers no thumbnail with another", () => {
    const view = { x: 397, y: 211, zoom: 3 };
    const places = sampled(tree, xy, view, SIZE, 56, every).points.map((i) =>
      toScreen(view, SIZE, [xy[2 * i]!, xy[2 * i + 1]!]),
    );
    places.forEach(([x, y], k) => {
      for (const [x2, y2] of places.slice(k + 1))
        expect(Math.max(Math.abs(x - x2), Math.abs(y - y2))).toBeGreaterThan(56 * 0.6);
    });
  });

  it("keeps what is shown when one comes closer", () => {
    const now = { x: 397, y: 211, zoom: 3 };
    const before = sampled(tree, xy, now, SIZE, 56, every).points;
    const after = new Set(sampled(tree, xy, { ...now, zoom: 4 }, SIZE, 56, every).points);
    const inMiddle = before.filter((i) => {
      const [x, y] = toScreen({ ...now, zoom: 4 }, SIZE, [xy[2 * i]!, xy[2 * i + 1]!]);
      return x > 0 && y > 0 && x < SIZE.width && y < SIZE.height;
    });
    const stayed = inMiddle.filter((i) => after.has(i));
    expect(stayed.length).toBeGreaterThan(0.8 * inMiddle.length);
  });

  it("shows nothing of what is hidden", () => {
    const { points } = sampled(tree, xy, { x: 397, y: 211, zoom: 3 }, SIZE, 56, (i) => i % 2 === 0);
    expect(points.length).toBeGreaterThan(10);
    expect(points.every((i) => i % 2 === 0)).toBe(true);
  });
});

describe("dotColours", () => {
  const looks = {
    labels: Int32Array.of(0, 1, -1, 1),
    colours: ["#ff0000", "#00ff00"],
    isHidden: [false, true],
    noGroup: "#0000ff",
    chosen: null,
    at: -1,
  };

  it("gives each group its colour, and what is hidden none", () => {
    const colours = dotColours(looks);
    expect([...colours.slice(0, 3)]).toEqual([255, 0, 0]);
    expect(colours[3]).toBeGreaterThan(200);
    expect(colours[7]).toBe(0);
    expect([...colours.slice(8, 11)]).toEqual([0, 0, 255]);
    expect(packed("#0a0b0c")).toBe(0xff0c0b0a);
  });

  it("lets the rest fade when some are chosen or a group is looked at", () => {
    const chosen = dotColours({ ...looks, chosen: Uint8Array.of(0, 0, 1, 0) });
    expect(chosen[3]).toBeLessThan(100);
    expect(chosen[11]).toBe(255);
    const at = dotColours({ ...looks, at: 0 });
    expect(at[3]).toBeGreaterThan(200);
    expect(at[11]).toBeLessThan(100);
  });
});

describe("Marks", () => {
  it("adds, takes away and tells how many there are", () => {
    const marks = new Marks(6);
    marks.choose([1, 2, 3], "set");
    marks.choose([3, 4], "add");
    marks.choose([1], "take");
    expect(marks.list()).toEqual([2, 3, 4]);
    marks.toggle(2);
    marks.toggle(5);
    expect(marks.n.value).toBe(3);
    marks.choose([0], "set");
    expect(marks.list()).toEqual([0]);
    marks.clear();
    expect(marks.bytes).toBeNull();
  });
});

describe("Slots", () => {
  it("lets what was not needed longest make way, and never what is needed", () => {
    const slots = new Slots([7, 8]);
    const [a, b] = [slots.take(1, every), slots.take(2, every)];
    expect([a, b]).toEqual([7, 8]);
    slots.touch(1);
    expect(slots.take(3, (one) => one === 1)).toBe(8);
    expect(slots.get(2)).toBeUndefined();
    expect(slots.take(4, every)).toBeNull();
    expect(slots.get(1)).toBe(7);
    slots.clear();
    expect(slots.get(1)).toBeUndefined();
    expect(new Set([slots.take(5, every), slots.take(6, every)])).toEqual(new Set([7, 8]));
  });
});

describe("unpacked", () => {
  it("reads what the server sends", () => {
    const head = new TextEncoder().encode(JSON.stringify({ entry: 5, n: 2, groups: ["ä"] }).padEnd(39));
    const bytes = new Uint8Array(8 + head.length + 2 * (8 + 8 + 4));
    expect(head.length % 8).toBe(0);
    bytes[0] = head.length;
    bytes.set(head, 8);
    bytes.set([0, 1, 2, 3, 4, 5, 6, 255, 16, 0, 0, 0, 0, 0, 0, 1], 8 + head.length);
    bytes.set(new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer), 24 + head.length);
    bytes.set(new Uint8Array(Int32Array.of(0, -1).buffer), 40 + head.length);
    const places = unpacked(bytes.buffer);
    expect([places.keys.length, places.keys.at(0), places.keys.at(1)]).toEqual([
      2, "00010203040506ff", "1000000000000001",
    ]);
    expect([...places.xy]).toEqual([1, 2, 3, 4]);
    expect([...places.labels]).toEqual([0, -1]);
    expect([places.entry, places.groups]).toEqual([5, ["ä"]]);
  });
});
