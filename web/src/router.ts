/** Where the page is: what stands behind the # of its address. */

import { signal } from "@preact/signals";

export type Place = { screen: string; id: string; query: URLSearchParams };

export const place = signal<Place>(read());

export function go(to: string): void {
  location.hash = to;
}

/** Go somewhere else in place of here: the way back stays. */
export function replace(to: string): void {
  history.replaceState(history.state, "", to);
  place.value = read();
}

let before = "";

/** Go back to a place: by the browser's own way, if one came from there. */
export function back(to: string): void {
  if (before === to) history.back();
  else go(to);
}

export function linkTo(screen: string, id = "", query: Record<string, string> = {}): string {
  const text = new URLSearchParams(query).toString();
  return `#/${screen}${id ? `/${encodeURIComponent(id)}` : ""}${text ? `?${text}` : ""}`;
}

function read(): Place {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [screen = "", id = ""] = path.split("/");
  return { screen: screen || "groups", id: decoded(id), query: new URLSearchParams(query) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/** Entries of the browser's history that were come to before: it puts those where they were. */
const KNOWN = { isKnown: true };
history.replaceState(KNOWN, "");

addEventListener("hashchange", (event) => {
  if (!(history.state as typeof KNOWN | null)?.isKnown) {
    history.replaceState(KNOWN, "");
    scrollTo({ top: 0, behavior: "instant" });
  }
  before = event.oldURL.includes("#") ? event.oldURL.slice(event.oldURL.indexOf("#")) : "";
  place.value = read();
});
