/** Numbers that come as base64. */

import type { components } from "./schema";
import type { Places } from "./source";

const KEY = 16;

export function unpacked(found: components["schemas"]["PlacesAnswer"]): Places {
  const keys: string[] = [];
  for (let i = 0; i < found.n; i++) keys.push(found.keys.slice(i * KEY, (i + 1) * KEY));
  return {
    entry: found.entry,
    keys,
    xy: new Float32Array(bytes(found.xy).buffer),
    labels: new Int32Array(bytes(found.labels).buffer),
    groups: found.groups,
  };
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const raw = atob(text);
  const out = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
  return out;
}
