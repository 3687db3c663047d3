/** The page in another language: no English word is left, wherever it would be read or heard. */

import type { ComponentChildren } from "preact";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test } from "vitest";
import { App } from "../src/app";
import type { GroupList, LibraryInfo, PictureList, Places, Source } from "../src/data/source";
import { Live } from "../src/data/live";
import { Still } from "../src/data/still";
import type { Message } from "../src/messages";
import { say } from "../src/messages";
import messages from "../src/messages.ts?raw";
import { History } from "../src/parts/History";
import { KeySheet } from "../src/parts/KeySheet";
import { StillPicture } from "../src/screens/StillPicture";
import { Welcome } from "../src/screens/Welcome";
import { refresh, source } from "../src/store";

const ENGLISH = /\p{Script=Latin}{2,}/u;
const GROUP = {
  id: "1", name: "", looks_like: "", colour: "#123456", is_pinned: true, is_hidden: false,
  images: 2, files: 3, tightness: 0.5, n_doubtful: 1, cover: [], nearest: [],
};

/** A library whose own words are numbers, so that all others are the page's. */
const NUMBERS = {
  async library(): Promise<LibraryInfo> {
    return {
      folder: "", version: "", write: "", entry: 1, is_grouped: true, images: 4, n_new: 1,
      n_none: 1, levels: [1, 2], folders: [], undo: "", redo: "",
    };
  },
  async groups(): Promise<GroupList> {
    const hidden = { ...GROUP, id: "2", is_hidden: true, name: "7" };
    return { entry: 1, groups: [GROUP, hidden], n_new: 1, n_none: 1 };
  },
  async pictures(): Promise<PictureList> {
    return { entry: 1, keys: ["1", "2"], ratios: [1, 1], doubtful: [1] };
  },
  async places(): Promise<Places> {
    const [xy, labels] = [new Float32Array(4), new Int32Array(2)];
    return { entry: 1, keys: ["1", "2"], xy, labels, groups: ["1"] };
  },
  thumb: () => "data:,",
};
const SHARED: Source = { canEdit: false, ...NUMBERS };
const SERVED: Source = Object.assign(new Live(), NUMBERS, {
  history: async () => ({ entry: 1, entries: [], n_done: 0, n_undone: 0 }),
  skipped: async () => ({ n: 0, files: [] }),
  listen: () => () => undefined,
});

beforeEach(() => {
  const table = [...messages.matchAll(/^ {2}(\w+):\s*"(.*)",$/gm)].map(([, key, text]) => [
    key!,
    // The names of values stay, all other letters become Greek.
    text!.replace(/\{[^}]*\}|[A-Za-z]/g, (part) =>
      part.startsWith("{") ? part.replace(/\|.*(?=\})/, "|α|β") : "λ",
    ),
  ]);
  say(Object.fromEntries(table) as Record<Message, string>);
});

afterEach(() => {
  render(null, document.body);
  say({});
  location.hash = "";
});

async function shown(part: ComponentChildren, from: Source): Promise<string[]> {
  source.value = from;
  await act(() => refresh());
  await act(() => render(part, document.body));
  await act(() => new Promise((go) => setTimeout(go, 20)));
  return said(document.body);
}

/** All that is read or heard. */
function said(root: Element): string[] {
  const names = ["aria-label", "aria-valuetext", "title", "placeholder", "alt"];
  const found: string[] = [];
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (node instanceof Element) found.push(...names.map((name) => node.getAttribute(name) ?? ""));
    else found.push(node.textContent ?? "");
  }
  return found.filter((text) => text.trim());
}

async function go(hash: string): Promise<void> {
  location.hash = hash;
  await act(() => void dispatchEvent(new HashChangeEvent("hashchange")));
}

test.each(["groups", "group/1", "group/none", "group/9", "skipped"])("%s", async (hash) => {
  for (const from of [SERVED, SHARED]) {
    await go(`#/${hash}`);
    const found = await shown(<App />, from);
    expect(found.length).toBeGreaterThan(3);
    expect(found.filter((text) => ENGLISH.test(text))).toEqual([]);
  }
});

test("what opens over the page, the beginning, and a shared picture", async () => {
  const index = document.createElement("script");
  index.type = "application/json";
  index.id = "pixkin-index";
  index.textContent = JSON.stringify({ facts: [] });
  document.head.append(index);
  for (const part of [
    <KeySheet onClose={() => undefined} />,
    <History onClose={() => undefined} />,
    <Welcome />,
    <StillPicture still={new Still()} />,
  ]) {
    const found = await shown(part, SERVED);
    expect(found.length).toBeGreaterThan(1);
    expect(found.filter((text) => ENGLISH.test(text))).toEqual([]);
  }
  index.remove();
});
