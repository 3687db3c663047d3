/** How a picture lies in its frame: as large as fits, or larger and moved. */

export interface Size {
  width: number;
  height: number;
}

/** `scale` 1 is as large as fits; `x` and `y` are how far its middle is from that of the frame. */
export interface View {
  scale: number;
  x: number;
  y: number;
}

export const WHOLE: View = { scale: 1, x: 0, y: 0 };
const MOST_ENLARGED = 2; // of a tiny picture, so that it does not fill the screen with blocks
const MOST_PER_PIXEL = 8;
const LEAST_MOST = 4;

/** Give the size at which a whole picture fits in. */
export function fitted(picture: Size, frame: Size): Size {
  if (!picture.width || !picture.height) return { width: 0, height: 0 };
  const by = Math.min(frame.width / picture.width, frame.height / picture.height, MOST_ENLARGED);
  return { width: picture.width * by, height: picture.height * by };
}

/** Give the scale at which a pixel of the picture is one of the screen. */
export function actual(picture: Size, frame: Size): number {
  const { width } = fitted(picture, frame);
  return width ? picture.width / width : 1;
}

/** Make a picture larger or smaller, so that the point under the finger stays where it is. */
export function zoomed(view: View, by: number, at: { x: number; y: number }, picture: Size, frame: Size): View {
  const most = Math.max(LEAST_MOST, MOST_PER_PIXEL * actual(picture, frame));
  const scale = Math.min(Math.max(view.scale * by, 1), most);
  const ratio = scale / view.scale;
  const moved = { scale, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio };
  return kept(moved, picture, frame);
}

export function moved(view: View, dx: number, dy: number, picture: Size, frame: Size): View {
  return kept({ ...view, x: view.x + dx, y: view.y + dy }, picture, frame);
}

/** Show a picture at its own size, or as a whole again. */
export function toggled(view: View, at: { x: number; y: number }, picture: Size, frame: Size): View {
  if (view.scale > 1.01) return WHOLE;
  return zoomed(view, Math.max(actual(picture, frame), 2), at, picture, frame);
}

/** No side of a picture that is larger than its frame comes inside it. */
function kept(view: View, picture: Size, frame: Size): View {
  const { width, height } = fitted(picture, frame);
  const room = (length: number, whole: number) => Math.max(0, (length * view.scale - whole) / 2);
  const within = (value: number, most: number) => Math.min(Math.max(value, -most), most) || 0;
  return {
    scale: view.scale,
    x: within(view.x, room(width, frame.width)),
    y: within(view.y, room(height, frame.height)),
  };
}
