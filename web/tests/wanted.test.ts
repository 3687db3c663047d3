import { beforeEach, expect, test } from "vitest";
import { folders, times } from "../src/parts/Facets";
import {
  asked, byPictures, clear, facts, forget, fromQuery, isEmpty, liked, toQuery, unliked, wantLike, wantUnlike, words,
} from "../src/wanted";

const [A, B] = ["0".repeat(16), "1".repeat(16)];

beforeEach(clear);

test("a picture is an example or a counter-example, never both, and never twice", () => {
  wantLike([A, B, A]);
  wantUnlike([B]);
  expect([liked.value, unliked.value]).toEqual([[A], [B]]);
  wantLike([B]);
  expect([liked.value, unliked.value]).toEqual([[A, B], []]);
  forget(A);
  expect(liked.value).toEqual([B]);
});

test("the address holds the search, and gives it back", () => {
  wantLike([A]);
  wantUnlike([B]);
  words.value = "beach & sea";
  facts.value = { ...facts.value, taken: "2019-07", place: "48,-12" };
  const query = new URLSearchParams(toQuery());
  const before = asked();
  clear();
  expect(isEmpty.value).toBe(true);
  fromQuery(query);

  expect(asked()).toEqual(before);
  expect(asked()).toMatchObject({ q: "beach & sea", latitude: 48, longitude: -12, taken: "2019-07" });
});

test("what is no key in an address is left out", () => {
  fromQuery(new URLSearchParams({ like: `${A},../../x,<b>,${B.slice(1)}`, unlike: "x" }));

  expect([liked.value, unliked.value]).toEqual([[A], []]);
});

test("counter-examples alone find nothing", () => {
  wantUnlike([A]);

  expect(byPictures.value).toBe(false);
  expect(isEmpty.value).toBe(true);
});

test("a year counts its months", () => {
  const months = [{ value: "2021-01", n: 1 }, { value: "2019-08", n: 2 }, { value: "2019-07", n: 3 }];
  const shown = times({ months, cameras: [], folders: [], places: [], copies: [] });

  expect(shown.map((one) => one.value)).toEqual(["2021", "2021-01", "2019", "2019-08", "2019-07"]);
  expect(shown[2]!.text).toBe("2019 (5)");
});

test("folders are shown without what all have in common", () => {
  const given = ["/home/a/photos/x", "/home/a/photos/x/y", "/home/a/photos/z"].map((value) => ({ value, n: 1 }));
  const shown = folders({ months: [], cameras: [], folders: given, places: [], copies: [] });

  expect(shown.map((one) => one.text)).toEqual(["x (1)", "x/y (1)", "z (1)"]);
  expect(folders({ months: [], cameras: [], folders: given.slice(0, 1), places: [], copies: [] })[0]!.text).toBe("x (1)");
});
