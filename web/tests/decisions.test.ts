import { expect, test } from "vitest";
import {
  UNDECIDED, accept, asked, decide, decisionOf, proposal, sumOf, undecide, withKeeper, withStay,
} from "../src/data/decisions";
import type { DuplicateFile, DuplicateGroup, KindCount } from "../src/data/source";

function file(place: number, bytes: number, isProtected = false): DuplicateFile {
  return {
    place, bytes, key: `${place}`, name: `${place}.jpg`, folder: "/p", score: 1, why: "",
    kind: place ? "identical" : "keeper", is_protected: isProtected, width: 1, height: 1,
  };
}

function group(number: number, ...files: DuplicateFile[]): DuplicateGroup {
  return { group: number, kind: "identical", reason: "", files };
}

const pair = group(0, file(0, 10), file(1, 100));
const three = group(1, file(0, 1), file(1, 2), file(2, 4, true));
const counts: KindCount[] = [{ kind: "identical", groups: 2, files: 2, bytes: 102 }];

test("nothing goes before it is decided", () => {
  expect(sumOf(UNDECIDED, counts)).toEqual({ files: 0, bytes: 0 });
  expect(decisionOf(UNDECIDED, pair)).toBeNull();
});

test("as proposed, all but the first and the protected go", () => {
  const all = decide(decide(UNDECIDED, pair, proposal(pair)), three, proposal(three));

  expect(sumOf(all, counts)).toEqual({ files: 2, bytes: 102 });
});

test("with another keeper the first goes", () => {
  expect(sumOf(withKeeper(UNDECIDED, pair, 1), counts)).toEqual({ files: 1, bytes: 10 });
});

test("a kind that is accepted counts, but for what was decided of single groups", () => {
  const all = accept(decide(UNDECIDED, pair, "leave"), "identical", true);

  expect(sumOf(all, counts)).toEqual({ files: 1, bytes: 2 });
  expect(sumOf(undecide(all, pair), counts)).toEqual({ files: 2, bytes: 102 });
  expect(asked(all)).toEqual({ kinds: ["identical"], leave: [0], decisions: [] });
});

test("a file that stays is told, and goes again", () => {
  const all = withStay(UNDECIDED, pair, 1);

  expect(asked(all).decisions).toEqual([{ group: 0, keeper: 0, stay: [1] }]);
  expect(sumOf(all, counts).files).toBe(0);
  expect(sumOf(withStay(all, pair, 1), counts).files).toBe(1);
});

test("a file that stayed is kept alone once it is the keeper", () => {
  const all = withKeeper(withStay(UNDECIDED, three, 1), three, 1);

  expect(decisionOf(all, three)).toEqual({ keeper: 1, stay: [] });
});
