import { afterEach, beforeEach, expect, test } from "vitest";
import { Still } from "../src/data/still";

const KEYS = ["0123456789abcdef", "fedcba9876543210", "aaaaaaaaaaaaaaaa"];
const packed = (array: Int32Array | Float32Array | Uint16Array) =>
  btoa(String.fromCharCode(...new Uint8Array(array.buffer)));
const PARTS: Record<string, unknown> = {
  index: { library: { images: 3, levels: [] }, hasLarger: false, facts: ["names"] },
  pictures: { keys: KEYS.join(""), ratios: packed(Uint16Array.of(1500, 667, 1000)) },
  "groups-usual": { entry: 0, groups: [], n_new: 0, n_none: 0 },
  "members-usual": { g1: { pictures: packed(Int32Array.of(2, 0)), doubtful: [1] } },
  map: { pictures: packed(Int32Array.of(1, 0)), xy: packed(Float32Array.of(1, 2, 3, 4)) },
  "labels-usual": { labels: packed(Int32Array.of(-1, 0)), groups: ["g1"] },
  facts: { names: ["a.jpg", "<b>.jpg", "c.jpg"] },
  thumbs: { [KEYS[0]!]: "AAAA" },
};

beforeEach(() => {
  for (const [name, part] of Object.entries(PARTS)) {
    const script = document.createElement("script");
    script.type = "application/json";
    script.id = `pixkin-${name}`;
    script.textContent = JSON.stringify(part);
    document.head.append(script);
  }
});
afterEach(() => document.head.replaceChildren());

test("the pictures of a group come by their keys and shapes", async () => {
  const found = await new Still().pictures("g1", null);
  expect(found.keys).toEqual([KEYS[2], KEYS[0]]);
  expect(found.ratios).toEqual([1, 1.5]);
  expect(found.doubtful).toEqual([1]);
});

test("what is in no group may be nothing; a group that is not there is an error", async () => {
  expect((await new Still().pictures("none", null)).keys).toEqual([]);
  await expect(new Still().pictures("nobody", null)).rejects.toThrow();
  await expect(new Still().pictures("constructor", null)).rejects.toThrow();
});

test("the map has a place and a group for each picture", async () => {
  const found = await new Still().places(null);
  expect(found.keys).toEqual([KEYS[1], KEYS[0]]);
  expect([...found.xy]).toEqual([1, 2, 3, 4]);
  expect([...found.labels]).toEqual([-1, 0]);
});

test("pictures that are in the page need no file, and nothing can be edited", async () => {
  const still = new Still();
  expect(still.thumb(KEYS[0]!)).toBe("data:image/jpeg;base64,AAAA");
  expect(still.canEdit).toBe(false);
  expect((await still.told(KEYS[1]!)).names).toBe("<b>.jpg");
});

test("pictures beside the page lie in folders by their first digits", () => {
  document.getElementById("pixkin-thumbs")!.remove();
  expect(new Still().thumb(KEYS[1]!)).toBe("thumbs/fe/fedcba9876543210.jpg");
});
