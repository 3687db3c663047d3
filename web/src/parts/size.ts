/** Sizes in words, as people count them: in thousands. */

const UNITS = ["B", "kB", "MB", "GB", "TB"];

export function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit && value < 9.95 ? 1 : 0;
  return `${value.toLocaleString(undefined, { maximumFractionDigits: digits })} ${UNITS[unit]}`;
}

/** A path without the folder of the library, if it lies there. */
export function within(path: string, base: string): string {
  if (path === base) return ".";
  return base && path.startsWith(`${base}/`) ? path.slice(base.length + 1) : path;
}
