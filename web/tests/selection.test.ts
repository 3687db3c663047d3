import { expect, test } from "vitest";
import { Selection } from "../src/parts/selection";

const ALL = ["a", "b", "c", "d", "e"];
const chosen = (selection: Selection) => [...selection.keys.value].sort().join("");

test("a click chooses, and another takes back", () => {
  const selection = new Selection();
  selection.click(ALL, 1, false);
  selection.click(ALL, 3, false);
  expect(chosen(selection)).toBe("bd");
  selection.click(ALL, 1, false);
  expect(chosen(selection)).toBe("d");
});

test("shift chooses from the last click to there, in either direction", () => {
  const selection = new Selection();
  selection.click(ALL, 3, false);
  selection.click(ALL, 1, true);
  expect(chosen(selection)).toBe("bcd");
  selection.click(ALL, 4, true);
  expect(chosen(selection)).toBe("bcde");
});

test("a range adds to what is chosen", () => {
  const selection = new Selection();
  selection.set(["e"]);
  selection.range(ALL, 1, 0);
  expect(chosen(selection)).toBe("abe");
});

test("nothing is told when nothing changes", () => {
  const selection = new Selection();
  const before = selection.keys.value;
  selection.clear();
  expect(selection.keys.value).toBe(before);
  selection.set(["a"]);
  selection.clear();
  expect(selection.keys.value.size).toBe(0);
});
