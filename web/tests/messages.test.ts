import { afterEach, describe, expect, test } from "vitest";
import { say, t } from "../src/messages";
import messages from "../src/messages.ts?raw";

const SOURCES = import.meta.glob<string>("../src/**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true });
/** Words for screens that are being made. */
const NOT_YET: string[] = [];
const KEYS = [...messages.matchAll(/^ {2}(\w+):/gm)].map((found) => found[1]!);

afterEach(() => say({}));

describe("t", () => {
  test("chooses by the number", () => {
    expect(t("pictures", { n: 1 })).toBe("1 picture");
    expect(t("pictures", { n: 0 })).toBe("0 pictures");
    expect(t("pictures", { n: 1234 })).toBe(`${(1234).toLocaleString()} pictures`);
  });

  test("puts values in, and nothing of what a value holds counts", () => {
    expect(t("nameLike", { words: "{n|a|b} $& #" })).toBe("Name it “{n|a|b} $& #”");
    expect(t("thumb", { n: 2, total: 3 })).toBe("Picture 2 of 3");
  });

  test("what is not translated stays English", () => {
    say({ groups: "Gruppen" });
    expect(t("groups")).toBe("Gruppen");
    expect(t("map")).toBe("Map");
  });
});

describe("all that is said is in one table", () => {
  const others = Object.entries(SOURCES).filter(([path]) => !/messages\.ts$|schema\.d\.ts$/.test(path));

  test("every message is used", () => {
    const text = others.map(([, source]) => source).join("\n");
    // Some are named by what they are of, as in t(`stage_${name}`).
    const begun = [...text.matchAll(/`(\w+)\$\{/g)].map((found) => found[1]!);
    const isUsed = (key: string) =>
      new RegExp(`["'.]${key}["']`).test(text) || begun.some((start) => key.startsWith(start)) || new RegExp(`\\b${key}:`).test(text);
    expect(KEYS.length).toBeGreaterThan(50);
    expect(KEYS.filter((key) => !isUsed(key) && !NOT_YET.includes(key))).toEqual([]);
  });

  test("no other file holds words that are shown", () => {
    const found = others.flatMap(([path, source]) => words(source).map((text) => `${path}: ${text}`));
    expect(found).toEqual([]);
  });
});

/** Words between tags, or in attributes that are read out. */
function words(source: string): string[] {
  if (!/<\/|\/>/.test(source)) return [];
  const code = source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
  const between = [...code.matchAll(/(?<![=\s])>\s*([^<>{}()=;]*[A-Za-z]{2,}[^<>{}()=;]*?)\s*</g)].map((one) => one[1]!);
  const attributes = [...code.matchAll(/\b(?:aria-label|title|placeholder|alt)="([^"]*[A-Za-z]{2,}[^"]*)"/g)].map((one) => one[1]!);
  return [...between, ...attributes];
}
