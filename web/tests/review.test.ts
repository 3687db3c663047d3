import { expect, test } from "vitest";
import { decide, proposal } from "../src/data/decisions";
import { PAGE, Review } from "../src/data/review";
import type { DuplicateGroup, DuplicateKind, DuplicateList } from "../src/data/source";

const N = 250;

function group(number: number, kind: DuplicateKind): DuplicateGroup {
  return { group: number, kind, reason: "", files: [{ place: 0 } as never, { place: 1 } as never] };
}

function answers(found = 1): { value: number; asOf: number; ask: (k: DuplicateKind | null, o: number, n: number) => Promise<DuplicateList> } {
  const state = {
    value: found,
    asOf: 1,
    ask: (kind: DuplicateKind | null, offset: number, n: number) => {
      const all = Array.from({ length: N }, (_, i) => group(i, "same"));
      return Promise.resolve({
        found: state.value, as_of: state.asOf, images: 1, by_hash_only: 0, protected: [], offset,
        kinds: [
          { kind: "identical" as const, groups: 0, files: 0, bytes: 0 },
          { kind: "same" as const, groups: N, files: N, bytes: N },
        ],
        groups: kind === "same" ? all.slice(offset, offset + n) : [],
      });
    },
  };
  return state;
}

test("the first kind of which there is something is shown", async () => {
  const review = new Review(answers().ask);
  await review.load();

  expect(review.kind.value).toBe("same");
  expect(review.groups.value.length).toBe(PAGE);
  expect(review.total).toBe(N);
});

test("the next page comes before the end, and each group once", async () => {
  const review = new Review(answers().ask);
  await review.load();
  for (let i = 0; i < N + 5; i++) await review.go(review.at.value + 1);

  expect(review.at.value).toBe(N - 1);
  expect(new Set(review.groups.value.map((one) => one.group)).size).toBe(N);
});

test("decisions belong to one search", async () => {
  const source = answers();
  const review = new Review(source.ask);
  await review.load();
  const first = review.groups.value[0]!;
  review.decisions.value = decide(review.decisions.value, first, proposal(first));
  await review.load();
  const kept = review.decisions.value.groups.size;
  source.value = 2;
  await review.load();

  expect(kept).toBe(1);
  expect(review.decisions.value.groups.size).toBe(0);
});

test("what was decided is forgotten once files have gone", async () => {
  const source = answers();
  const review = new Review(source.ask);
  await review.load();
  const first = review.groups.value[0]!;
  review.decisions.value = decide(review.decisions.value, first, proposal(first));
  source.asOf = 2;
  await review.load();

  expect(review.decisions.value.groups.size).toBe(0);
});
