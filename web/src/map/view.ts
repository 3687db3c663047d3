/** What of the map is in sight, and the way from one view to another. */

/** The map is a square of this side, whatever the numbers of its places are. */
export const WORLD = 1024;

/** The middle of what is in sight, and how large: 2 ** zoom pixels for each unit. */
export interface View {
  x: number;
  y: number;
  zoom: number;
}

export interface Size {
  width: number;
  height: number;
}

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export type Point = readonly [x: number, y: number];

export const ALL: Box = { left: 0, top: 0, right: WORLD, bottom: WORLD };

/** Where the rules of `MAX_ZOOM` come from: the finest cell of the index is then a thumbnail wide. */
export const MAX_ZOOM = 11.5;
const CLOSEST = 7;
const FLIGHT_CURVE = 1.42; // van Wijk & Nuij, "Smooth and efficient zooming and panning", 2003
const FLIGHT_MS = [250, 1100] as const;

export function scaleOf(view: View): number {
  return 2 ** view.zoom;
}

export function toScreen(view: View, size: Size, [x, y]: Point): Point {
  const scale = scaleOf(view);
  return [(x - view.x) * scale + size.width / 2, (y - view.y) * scale + size.height / 2];
}

export function toWorld(view: View, size: Size, [x, y]: Point): Point {
  const scale = scaleOf(view);
  return [(x - size.width / 2) / scale + view.x, (y - size.height / 2) / scale + view.y];
}

export function inSight(view: View, size: Size, margin = 0): Box {
  const [left, top] = toWorld(view, size, [-margin, -margin]);
  const [right, bottom] = toWorld(view, size, [size.width + margin, size.height + margin]);
  return { left, top, right, bottom };
}

/** The view that shows all of a box, with room around it, but not closer than makes sense. */
export function fitted(box: Box, size: Size, room: number, closest = CLOSEST): View {
  const width = Math.max(size.width - 2 * room, 40) / Math.max(box.right - box.left, 1e-6);
  const height = Math.max(size.height - 2 * room, 40) / Math.max(box.bottom - box.top, 1e-6);
  const zoom = Math.min(Math.log2(Math.min(width, height)), closest);
  return { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2, zoom };
}

/** The view as near as it may be: the map stays in sight. */
export function kept(view: View, size: Size): View {
  const least = fitted(ALL, size, 0).zoom - 1;
  return {
    x: Math.min(Math.max(view.x, 0), WORLD),
    y: Math.min(Math.max(view.y, 0), WORLD),
    zoom: Math.min(Math.max(view.zoom, least), MAX_ZOOM),
  };
}

/** The view that is zoomed by `by`, with `at` (pixels) staying where it is. */
export function zoomed(view: View, size: Size, by: number, at: Point): View {
  const [x, y] = toWorld(view, size, at);
  const next = kept({ ...view, zoom: view.zoom + by }, size);
  const scale = scaleOf(next);
  return kept(
    { x: x - (at[0] - size.width / 2) / scale, y: y - (at[1] - size.height / 2) / scale, zoom: next.zoom },
    size,
  );
}

export interface Flight {
  ms: number;
  /** The view after a part of the way, from 0 to 1. */
  at: (part: number) => View;
}

/** The way to another view: up, over and down again, at a speed that feels even. */
export function flight(from: View, to: View, size: Size): Flight {
  const side = Math.max(size.width, size.height);
  const w0 = side / scaleOf(from);
  const w1 = side / scaleOf(to);
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const far = Math.hypot(dx, dy);
  const rho = FLIGHT_CURVE;
  const zoomFor = (w: number) => Math.log2(side / w);
  if (far < 1e-6 * w0) {
    const length = Math.abs(Math.log(w1 / w0)) / rho;
    const at = (part: number) => ({ ...to, zoom: from.zoom + (to.zoom - from.zoom) * part });
    return { ms: msOf(length), at: (part) => (part >= 1 ? to : at(part)) };
  }
  const b = (sign: number, w: number) =>
    (w1 * w1 - w0 * w0 + sign * rho ** 4 * far * far) / (2 * w * rho * rho * far);
  const r = (x: number) => Math.log(Math.sqrt(x * x + 1) - x);
  const [r0, r1] = [r(b(1, w0)), r(b(-1, w1))];
  const length = (r1 - r0) / rho;
  const at = (part: number): View => {
    const s = rho * part * length + r0;
    const u = ((w0 / (rho * rho)) * (Math.cosh(r0) * Math.tanh(s) - Math.sinh(r0))) / far;
    return {
      x: from.x + dx * u,
      y: from.y + dy * u,
      zoom: zoomFor((w0 * Math.cosh(r0)) / Math.cosh(s)),
    };
  };
  return { ms: msOf(length), at: (part) => (part <= 0 ? from : part >= 1 ? to : at(part)) };
}

function msOf(length: number): number {
  return Math.min(Math.max(Math.abs(length) * 420, FLIGHT_MS[0]), FLIGHT_MS[1]);
}

/** Put places into the square of the map, as they lie to each other. */
export function intoWorld(xy: Float32Array): Float32Array<ArrayBuffer> {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < xy.length; i += 2) {
    const [x, y] = [xy[i]!, xy[i + 1]!];
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  const extent = Math.max(right - left, bottom - top);
  const scale = extent > 0 ? WORLD / extent : 0;
  const [midX, midY] = [(left + right) / 2, (top + bottom) / 2];
  const out = new Float32Array(xy.length);
  for (let i = 0; i < xy.length; i += 2) {
    out[i] = (xy[i]! - midX) * scale + WORLD / 2;
    out[i + 1] = (xy[i + 1]! - midY) * scale + WORLD / 2;
  }
  return out;
}
