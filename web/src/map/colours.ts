/** What colour each dot has. */

const DOT = 0.85;
const FADED = 0.16;

/** The four bytes of `#rrggbb`, as one number whose lowest byte is red. */
export function packed(colour: string, opacity = 1): number {
  const value = Number.parseInt(colour.slice(1), 16);
  const [red, green, blue] = [(value >> 16) & 255, (value >> 8) & 255, value & 255];
  return ((Math.round(opacity * 255) << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

export interface Looks {
  labels: Int32Array;
  /** One for each group. */
  colours: readonly string[];
  isHidden: readonly boolean[];
  noGroup: string;
  /** 1 for each point that is chosen; null where none is. */
  chosen: Uint8Array | null;
  /** The group that is looked at; -1 for none. */
  at: number;
}

/** Give red, green, blue and opacity of each point. */
export function dotColours({ labels, colours, isHidden, noGroup, chosen, at }: Looks): Uint8Array {
  // The last stands for -1: what is in no group.
  const all = [...colours, noGroup];
  const hidden = [...isHidden, false];
  const isAt = (i: number) => at < 0 || i === at;
  const full = Uint32Array.from(all, (colour, i) => (hidden[i] ? 0 : packed(colour, isAt(i) ? DOT : FADED)));
  const clear = Uint32Array.from(all, (colour, i) => (hidden[i] ? 0 : packed(colour, 1)));
  const faded = Uint32Array.from(all, (colour, i) => (hidden[i] ? 0 : packed(colour, FADED)));
  const none = colours.length;
  const out = new Uint32Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]! < 0 ? none : labels[i]!;
    out[i] = chosen === null ? full[label]! : chosen[i] ? clear[label]! : faded[label]!;
  }
  return new Uint8Array(out.buffer);
}
