import { expect, test } from "vitest";
import { Names } from "../src/map/names";

const GROUPS = [{ title: "One", colour: "#123456", isHidden: false }];
const SPOTS = [{ at: [10, 20] as [number, number], body: { left: 0, right: 0, top: 0, bottom: 0 }, n: 5 }];
const VIEW = { x: 0, y: 0, zoom: 2 };

function named(...widths: number[]): string {
  const box = document.createElement("div");
  const names = new Names(box, () => undefined);
  for (const width of widths) {
    names.resize({ width, height: 500 });
    if (width === widths[0]) names.set(GROUPS, SPOTS, -1);
    names.declutter(VIEW, 0);
  }
  return (box.firstElementChild as HTMLElement).style.transform;
}

test("names stand where they belong after the window was made smaller", () => {
  expect(named(1000, 600)).toBe(named(600));
  expect(named(1000)).not.toBe(named(600));
});
