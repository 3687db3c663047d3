/** Where the page is: what stands behind the # of its address. */

import { signal } from "@preact/signals";

export type Place = { screen: string; id: string; query: URLSearchParams };

export const place = signal<Place>(read());

export function go(to: string): void {
  location.hash = to;
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

addEventListener("hashchange", () => {
  place.value = read();
});
