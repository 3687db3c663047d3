import { expect, test } from "vitest";
import { begin, passed, returned, walk } from "../src/parts/walk";

test("one comes back to the picture looked at last, once", () => {
  begin("g1", ["a", "b", "c"], "a");
  passed("g1", "c");
  passed("g2", "b");

  expect(walk.value).toEqual({ name: "g1", keys: ["a", "b", "c"] });
  expect(returned("g1")).toEqual({ scroll: 0, key: "c" });
  expect(returned("g1")).toBeNull();
  expect(returned("g2")).toBeNull();
});
