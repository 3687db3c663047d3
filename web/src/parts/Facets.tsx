/** What pictures say of themselves, to narrow a search down. */

import { useEffect, useState } from "preact/hooks";
import type { FacetList } from "../data/source";
import { t } from "../messages";
import type { Message } from "../messages";
import { library, live } from "../store";
import type { Facts } from "../wanted";
import { facts } from "../wanted";
import { degrees, month } from "./units";

interface Choice {
  value: string;
  text: string;
}

const FLAGS: Message[] = [
  "flag_blurred", "flag_dark", "flag_over_exposed", "flag_uniform", "flag_tiny", "flag_odd_shape", "flag_screenshot",
];

export function Facets() {
  const [known, setKnown] = useState<FacetList | null>(null);
  const n = library.value?.images;
  useEffect(() => {
    live.value?.facets().then(setKnown, () => undefined); // the search works without
  }, [n]);
  const flags = FLAGS.map((flag) => ({ value: flag.slice(5).replace("_", "-"), text: t(flag) }));
  return (
    <>
      {known && <Pick name="taken" any="anyTime" choices={times(known)} />}
      {known && <Pick name="camera" any="anyCamera" choices={known.cameras.map(counted)} />}
      {known && <Pick name="folder" any="anyFolder" choices={folders(known)} />}
      {known && <Pick name="place" any="anyPlace" choices={places(known)} />}
      <Pick name="flag" any="anyFlag" choices={flags} />
      {known && <Pick name="copies" any="anyCopies" choices={known.copies.map(ofKind)} />}
    </>
  );
}

function Pick({ name, any, choices }: { name: keyof Facts; any: Message; choices: Choice[] }) {
  const chosen = facts.value[name];
  if (!choices.length && !chosen) return null;
  const isKnown = !chosen || choices.some((one) => one.value === chosen);
  return (
    <label class="select">
      <span class="sr">{t(any)}</span>
      <select
        class={chosen ? "chosen" : ""}
        value={chosen}
        onChange={(event) => (facts.value = { ...facts.value, [name]: event.currentTarget.value })}
      >
        <option value="">{t(any)}</option>
        {!isKnown && <option value={chosen}>{chosen}</option>}
        {choices.map((one) => (
          <option key={one.value} value={one.value}>
            {one.text}
          </option>
        ))}
      </select>
    </label>
  );
}

function counted({ value, n }: { value: string; n: number }): Choice {
  return { value, text: withCount(value, n) };
}

function ofKind({ value, n }: { value: string; n: number }): Choice {
  return { value, text: withCount(t(`has_${value}` as Message), n) };
}

function withCount(text: string, n: number): string {
  return t("facetCount", { text, n });
}

/** Each year, and under it its months. */
export function times(known: FacetList): Choice[] {
  const years = new Map<string, { n: number; months: Choice[] }>();
  for (const { value, n } of known.months) {
    const year = value.slice(0, 4);
    const at = years.get(year) ?? { n: 0, months: [] };
    at.n += n;
    at.months.push({ value, text: `\u2003${withCount(month(value), n)}` });
    years.set(year, at);
  }
  return [...years].flatMap(([year, { n, months }]) => [{ value: year, text: withCount(year, n) }, ...months]);
}

/** Folders without what all have in common. */
export function folders(known: FacetList): Choice[] {
  const paths = known.folders.map((one) => one.value);
  const cut = commonFolder(paths).length;
  return known.folders.map(({ value, n }) => {
    const rest = value.slice(cut).replace(/^[/\\]/, "");
    return { value, text: withCount(rest || lastOf(value), n) };
  });
}

function commonFolder(paths: string[]): string {
  const [first = "", ...rest] = paths;
  const parts = first.split("/");
  let n = parts.length;
  for (const path of rest) {
    const other = path.split("/");
    let same = 0;
    while (same < n && parts[same] === other[same]) same++;
    n = same;
  }
  return parts.slice(0, n).join("/");
}

function lastOf(path: string): string {
  return path.split(/[/\\]/).filter(Boolean).at(-1) ?? path;
}

function places(known: FacetList): Choice[] {
  return known.places.map(({ latitude, longitude, n }) => ({
    value: `${latitude},${longitude}`,
    text: withCount(t("near", { place: degrees(latitude + 0.5, longitude + 0.5) }), n),
  }));
}
