/** Each screen has a file of styles of its own: none may change how another looks. */

import { expect, test } from "vitest";

const files = import.meta.glob<string>("../src/style/*.css", { query: "?raw", import: "default", eager: true });

test("a class stands alone in the rules of one file only", () => {
  const homes = new Map<string, Set<string>>();
  for (const [file, text] of Object.entries(files)) {
    if (file.endsWith("/base.css")) continue; // it is for all
    for (const [, name] of text.matchAll(/(?:^|[},])\s*\.([\w-]+)\s*(?=[{,:[]|::?[\w-]+\s*\{)/gm)) {
      if (!homes.has(name!)) homes.set(name!, new Set());
      homes.get(name!)!.add(file);
    }
  }
  const shared = [...homes].filter(([, where]) => where.size > 1).map(([name]) => name);

  expect(homes.size).toBeGreaterThan(80);
  expect(shared).toEqual(["stage"]); // the frame of every screen
});
