/** The map as it comes: numbers one after the other, told of by a head of JSON. */

import type { Keys, Places } from "./source";

const KEY_BYTES = 8;
const LENGTH_BYTES = 8;

export function unpacked(found: ArrayBuffer): Places {
  const length = new DataView(found).getUint32(0, true);
  const text = new TextDecoder().decode(new Uint8Array(found, LENGTH_BYTES, length));
  const { entry, n, groups } = JSON.parse(text) as { entry: number; n: number; groups: string[] };
  const keys = LENGTH_BYTES + length;
  const xy = keys + n * KEY_BYTES;
  const labels = xy + n * 2 * Float32Array.BYTES_PER_ELEMENT;
  return {
    entry,
    keys: new PackedKeys(new Uint8Array(found, keys, n * KEY_BYTES)),
    xy: new Float32Array(found, xy, 2 * n),
    labels: new Int32Array(found, labels, n),
    groups,
  };
}

/** A million texts would take longer to make than the map takes to draw; few are ever asked for. */
class PackedKeys implements Keys {
  constructor(private readonly bytes: Uint8Array) {}

  get length(): number {
    return this.bytes.length / KEY_BYTES;
  }

  at(i: number): string {
    const own = this.bytes.subarray(i * KEY_BYTES, (i + 1) * KEY_BYTES);
    return Array.from(own, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
}
