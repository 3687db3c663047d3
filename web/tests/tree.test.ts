import { expect, test } from "vitest";
import { size, within } from "../src/parts/size";
import { grown } from "../src/parts/tree";
import { inserted } from "../src/screens/Tidy";

const names = (branches: ReturnType<typeof grown>): unknown =>
  branches.map((one) => (one.branches.length ? [one.name, one.files, names(one.branches)] : [one.name, one.files]));

test("folders grow into a tree with sums", () => {
  const tree = grown([
    { path: "Rex/2024", files: 2, bytes: 20 },
    { path: "Rex/2025", files: 3, bytes: 30 },
    { path: "Sea", files: 1, bytes: 5 },
  ]);

  expect(names(tree)).toEqual([["Rex", 5, [["2024", 2], ["2025", 3]]], ["Sea", 1]]);
  expect(tree[0]!.bytes).toBe(50);
});

test("folders that only lead on are one line", () => {
  const tree = grown([
    { path: "/home/ada/a", files: 1, bytes: 1 },
    { path: "/home/ada/b", files: 1, bytes: 1 },
    { path: ".", files: 4, bytes: 1 },
  ]);

  expect(names(tree)).toEqual([["/home/ada", 2, [["a", 1], ["b", 1]]], [".", 4]]);
});

test("a folder with files of its own stays apart from the one in it", () => {
  const tree = grown([
    { path: "a", files: 1, bytes: 1 },
    { path: "a/b", files: 1, bytes: 1 },
  ]);

  expect(names(tree)).toEqual([["a", 2, [["b", 1]]]]);
});

test("sizes have three digits at most", () => {
  expect([0, 999, 1000, 9949, 12_345, 999_499, 1_500_000, 4e9].map(size)).toEqual([
    "0 B", "999 B", "1 kB", "9.9 kB", "12 kB", "999 kB", "1.5 MB", "4 GB",
  ]);
});

test("only what lies in a folder loses its path", () => {
  expect(within("/a/b/c", "/a/b")).toBe("c");
  expect(within("/a/bc", "/a/b")).toBe("/a/bc");
  expect(within("/a/b", "/a/b")).toBe(".");
});

test("a field becomes a folder, but for those of the name", () => {
  expect(inserted("{group}/{name}", "year")).toBe("{group}/{year}/{name}");
  expect(inserted("{name}", "camera")).toBe("{camera}/{name}");
  expect(inserted("{group}/{stem}", "ext")).toBe("{group}/{stem}{ext}");
});
