import { expect, test } from "vitest";
import { bytes, degrees, megapixels, month, when } from "../src/parts/units";

test("numbers are said as people say them", () => {
  expect(bytes(999)).toBe("999 byte");
  expect(bytes(1234)).toBe("1.2 kB");
  expect(bytes(3_456_789)).toBe("3.5 MB");
  expect(bytes(12_345_678_901)).toBe("12 GB");
  expect(megapixels(4000, 3000)).toBe("12 MP");
  expect(megapixels(96, 72)).toBe("");
});

test("a place is said in words, on every side of the world", () => {
  expect(degrees(48.137, 11.575)).toBe("48.137° N, 11.575° E");
  expect(degrees(-33.5, -70.25)).toBe("33.5° S, 70.25° W");
});

test("a camera's time is shown as it was on its clock", () => {
  expect(when("2019-07-21T23:20:30")).toContain("21");
  expect(when("nonsense")).toBe("nonsense");
  expect(month("2019-07")).toBe("July 2019");
  expect(month("0000-99")).toBe("0000-99");
});
