import { expect, test } from "vitest";
import { linkTo, place } from "../src/router";

function at(hash: string) {
  location.hash = hash;
  dispatchEvent(new HashChangeEvent("hashchange"));
  return place.value;
}

test("without a place the groups are shown", () => {
  expect(at("").screen).toBe("groups");
  expect(at("#/").screen).toBe("groups");
});

test("a link leads to what it was made for, whatever is in it", () => {
  for (const id of ["abc", "a/b", "ä ö?&=#", "%", "100%"]) {
    const found = at(linkTo("picture", id, { in: "x&y", level: "4" }));
    expect(found.screen).toBe("picture");
    expect(found.id).toBe(id);
    expect(found.query.get("in")).toBe("x&y");
    expect(found.query.get("level")).toBe("4");
  }
});

test("an address that is broken leads nowhere, and does not fail", () => {
  expect(at("#/group/%E0%A4%A").id).toBe("");
});
