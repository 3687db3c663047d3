/** The line that is drawn around pictures: a lasso, or a box. */

import { rectangle } from "./inside";
import type { How } from "./marks";
import type { Point } from "./view";

export type Mode = "pan" | "lasso" | "box";

const STEP_PX = 3;
const CLICK_PX = 5;

interface Calls {
  mode: () => Mode;
  drawn: (line: Point[], how: How) => void;
  clicked: (at: Point, event: PointerEvent) => void;
  /** The mouse is over a place, or, with null, gone. */
  over: (at: Point | null) => void;
}

/** Follow the pointer over `root`, and draw into `path`. The function that comes back ends it. */
export function follow(root: HTMLElement, path: SVGPathElement, calls: Calls): () => void {
  const down = new Map<number, Point>();
  let line: Point[] | null = null;
  let shape: "lasso" | "box" = "lasso";
  let start: Point = [0, 0];
  let isClick = false;

  const here = (event: PointerEvent): Point => {
    const { left, top } = root.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };
  const show = () => path.setAttribute("d", line ? `M${line.map((at) => at.join(" ")).join("L")}Z` : "");
  const stop = () => {
    line = null;
    show();
  };
  const pressed = (event: PointerEvent) => {
    start = here(event);
    down.set(event.pointerId, start);
    isClick = down.size === 1 && event.button === 0;
    if (down.size > 1) return stop(); // two fingers move the map
    const mode = event.shiftKey && calls.mode() === "pan" ? "box" : calls.mode();
    if (mode === "pan" || event.button !== 0) return;
    shape = mode;
    line = [start];
    root.setPointerCapture(event.pointerId);
  };
  const moved = (event: PointerEvent) => {
    const at = here(event);
    if (Math.hypot(at[0] - start[0], at[1] - start[1]) > CLICK_PX) isClick = false;
    if (!line) {
      if (event.pointerType === "mouse") calls.over(down.size ? null : at);
      return;
    }
    const [x, y] = line.at(-1)!;
    if (shape === "box") line = rectangle(start, at);
    else if (Math.hypot(at[0] - x, at[1] - y) >= STEP_PX) line.push(at);
    show();
  };
  const released = (event: PointerEvent) => {
    if (!down.delete(event.pointerId)) return;
    const drawn = line;
    stop();
    if (isClick) calls.clicked(here(event), event);
    else if (drawn && drawn.length > 2) calls.drawn(drawn, howOf(event));
    isClick = false;
  };
  const cancelled = (event: PointerEvent) => {
    down.delete(event.pointerId);
    isClick = false;
    stop();
  };
  const left = () => calls.over(null);
  const all = { pointerdown: pressed, pointermove: moved, pointerup: released, pointercancel: cancelled, pointerleave: left };
  const each = Object.entries(all) as [keyof HTMLElementEventMap, EventListener][];
  for (const [name, act] of each) root.addEventListener(name, act);
  return () => {
    for (const [name, act] of each) root.removeEventListener(name, act);
  };
}

function howOf(event: PointerEvent): How {
  return event.altKey ? "take" : event.shiftKey ? "add" : "set";
}
