/** Files that were shared: scripts that each bring one part, or parts that are in the page itself. */

import { t } from "../messages";
import { floats, integers, shorts } from "./numbers";
import type { GroupList, LibraryInfo, PictureList, Places, Source } from "./source";
import { NONE, SourceError } from "./source";

/** What is told of one picture, if it was asked to be. */
export type Facts = Partial<Record<"names" | "paths" | "dates" | "cameras" | "places", string>>;

interface Index {
  library: LibraryInfo;
  hasLarger: boolean;
  facts: (keyof Facts)[];
}
interface Pictures {
  keys: string;
  ratios: string;
}
/** The pictures of each group, by their numbers. */
type Members = Record<string, { pictures: string; doubtful: number[] }>;
interface Map {
  pictures: string;
  xy: string;
}
interface Labels {
  labels: string;
  groups: string[];
}

const KEY = 16;
const RATIO_UNITS = 1000;

declare global {
  var pixkinShared: Record<string, unknown> | undefined;
}

export class Still implements Source {
  readonly canEdit = false;
  private readonly parts: Record<string, Promise<unknown>> = {};
  private readonly small = inPage<Record<string, string>>("thumbs");
  private hasLarger = false;

  async library(): Promise<LibraryInfo> {
    const index = await this.part<Index>("index");
    this.hasLarger = index.hasLarger;
    return index.library;
  }

  groups(level: number | null): Promise<GroupList> {
    return this.part(`groups-${nameOf(level)}`);
  }

  async pictures(group: string, level: number | null): Promise<PictureList> {
    const [members, known] = await Promise.all([
      this.part<Members>(`members-${nameOf(level)}`),
      this.known(),
    ]);
    const found = Object.hasOwn(members, group) ? members[group] : undefined;
    if (!found && group !== NONE) throw new SourceError("unknown-group", t("nothingFound"));
    const numbers = [...integers(found?.pictures ?? "")];
    return {
      entry: 0,
      keys: numbers.map((i) => known.keys[i]!),
      ratios: numbers.map((i) => known.ratios[i]!),
      doubtful: found?.doubtful ?? [],
    };
  }

  async places(level: number | null): Promise<Places> {
    const [map, own, known] = await Promise.all([
      this.part<Map>("map"),
      this.part<Labels>(`labels-${nameOf(level)}`),
      this.known(),
    ]);
    return {
      entry: 0,
      keys: [...integers(map.pictures)].map((i) => known.keys[i]!),
      xy: floats(map.xy),
      labels: integers(own.labels),
      groups: own.groups,
    };
  }

  thumb(key: string): string {
    if (this.small) return `data:image/jpeg;base64,${this.small[key] ?? ""}`;
    return `thumbs/${key.slice(0, 2)}/${key}.jpg`;
  }

  /** The address of a picture as large as it was shared. */
  large(key: string): string {
    return this.hasLarger ? `larger/${key.slice(0, 2)}/${key}.jpg` : this.thumb(key);
  }

  async told(key: string): Promise<Facts> {
    const index = await this.part<Index>("index");
    if (!index.facts.length) return {};
    const [columns, known] = await Promise.all([
      this.part<Record<keyof Facts, string[]>>("facts"),
      this.known(),
    ]);
    const i = known.numbers.get(key) ?? -1;
    return Object.fromEntries(index.facts.map((name) => [name, columns[name][i] ?? ""]));
  }

  private all: Promise<Known> | undefined;

  private known(): Promise<Known> {
    return (this.all ??= this.part<Pictures>("pictures").then(unpackedPictures));
  }

  private part<T>(name: string): Promise<T> {
    return (this.parts[name] ??= read(name)) as Promise<T>;
  }
}

interface Known {
  keys: string[];
  ratios: number[];
  numbers: ReadonlyMap<string, number>;
}

function unpackedPictures({ keys, ratios }: Pictures): Known {
  const found: string[] = [];
  for (let i = 0; i < keys.length; i += KEY) found.push(keys.slice(i, i + KEY));
  return {
    keys: found,
    ratios: [...shorts(ratios)].map((ratio) => ratio / RATIO_UNITS),
    numbers: new Map(found.map((key, i) => [key, i])),
  };
}

function nameOf(level: number | null): string {
  return level === null ? "usual" : String(level);
}

/** From disk nothing can be fetched, but a script may be loaded, which leaves its part behind. */
function read(name: string): Promise<unknown> {
  const here = inPage(name);
  if (here !== undefined) return Promise.resolve(here);
  return new Promise((give, fail) => {
    const script = document.createElement("script");
    const end = (event: globalThis.Event) => {
      script.remove();
      const found = globalThis.pixkinShared?.[name];
      delete globalThis.pixkinShared?.[name];
      if (event.type === "load" && found !== undefined) give(found);
      else fail(new SourceError("missing", t("partMissing", { name: `data/${name}.js` })));
    };
    script.onload = script.onerror = end as OnErrorEventHandler & typeof end;
    script.src = `data/${name}.js`;
    document.head.append(script);
  });
}

/** Give a part that is in the page itself. */
function inPage<T>(name: string): T | undefined {
  const text = document.getElementById(`pixkin-${name}`)?.textContent;
  return text ? (JSON.parse(text) as T) : undefined;
}
