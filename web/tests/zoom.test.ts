import { expect, test } from "vitest";
import { WHOLE, actual, fitted, moved, toggled, zoomed } from "../src/parts/zoom";

const FRAME = { width: 800, height: 600 };
const WIDE = { width: 4000, height: 1000 };
const MIDDLE = { x: 0, y: 0 };

test("a picture fits into its frame, and a tiny one is not blown up", () => {
  expect(fitted(WIDE, FRAME)).toEqual({ width: 800, height: 200 });
  expect(fitted({ width: 1000, height: 4000 }, FRAME)).toEqual({ width: 150, height: 600 });
  expect(fitted({ width: 10, height: 10 }, FRAME)).toEqual({ width: 20, height: 20 });
  expect(fitted({ width: 0, height: 0 }, FRAME)).toEqual({ width: 0, height: 0 });
});

test("what is under the finger stays there", () => {
  const at = { x: 100, y: 30 };
  for (const by of [1.5, 2, 3]) {
    const view = zoomed({ scale: 4, x: 0, y: 0 }, by, at, WIDE, FRAME);
    expect((at.x - view.x) / view.scale).toBeCloseTo(at.x / 4);
    expect((at.y - view.y) / view.scale).toBeCloseTo(at.y / 4);
  }
});

test("it is never smaller than whole, and there is an end to enlarging", () => {
  expect(zoomed(WHOLE, 0.1, MIDDLE, WIDE, FRAME)).toEqual(WHOLE);
  let view = WHOLE;
  for (let i = 0; i < 100; i++) view = zoomed(view, 2, MIDDLE, WIDE, FRAME);
  expect(view.scale).toBe(8 * actual(WIDE, FRAME));
});

test("no side comes into the frame, wherever it is moved", () => {
  let view = zoomed(WHOLE, 2, MIDDLE, WIDE, FRAME);
  view = moved(view, 10_000, 10_000, WIDE, FRAME);
  expect(view.x).toBe((800 * 2 - 800) / 2);
  expect(view.y).toBe(0); // it is lower than the frame still
  expect(moved(WHOLE, 50, 50, WIDE, FRAME)).toEqual(WHOLE);
});

test("a double click goes to its own size and back", () => {
  const view = toggled(WHOLE, MIDDLE, WIDE, FRAME);
  expect(view.scale).toBe(actual(WIDE, FRAME));
  expect(toggled(view, MIDDLE, WIDE, FRAME)).toEqual(WHOLE);
});
