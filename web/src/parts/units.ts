/** Numbers as people read them. */

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];

export function bytes(n: number): string {
  let unit = 0;
  let value = n;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return value.toLocaleString(undefined, {
    style: "unit", unit: UNITS[unit]!, unitDisplay: "short", maximumFractionDigits: value < 10 && unit ? 1 : 0,
  });
}

export function megapixels(width: number, height: number): string {
  const n = (width * height) / 1e6;
  return n < 0.1 ? "" : `${n.toLocaleString(undefined, { maximumFractionDigits: 1 })} MP`;
}

/** A camera's time has no zone: it is shown as it was on the camera's clock. */
export function when(taken: string): string {
  const at = new Date(`${taken}Z`);
  if (Number.isNaN(at.getTime())) return taken;
  return at.toLocaleString(undefined, { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });
}

export function degrees(latitude: number, longitude: number): string {
  const one = (value: number, sides: string) =>
    `${Math.abs(value).toLocaleString(undefined, { maximumFractionDigits: 4 })}° ${sides[value < 0 ? 1 : 0]}`;
  return `${one(latitude, "NS")}, ${one(longitude, "EW")}`;
}

/** A month as `2019-07`, in words. */
export function month(text: string): string {
  const at = new Date(`${text}-01T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return text;
  return at.toLocaleString(undefined, { month: "long", year: "numeric", timeZone: "UTC" });
}
