/** Pictures in rows that fill the width. Only those in sight are in the page, however many there are. */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { source } from "../store";
import { Cell } from "./Cell";
import { begin, returned } from "./walk";
import { besides, justify, rowOf, rowsBetween } from "./justify";
import type { Layout } from "./justify";
import type { Selection } from "./selection";

const GAP = 4;
const MARGIN_ROWS = 3;
const DRAG_PX = 6;
const BEGIN = ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"];

interface Props {
  keys: readonly string[];
  ratios: readonly number[];
  doubtful: ReadonlySet<number>;
  selection: Selection | null;
  height: number;
  label: string;
  /** Under this it is remembered where one was, while a picture is looked at. */
  name: string;
  /** What stands on each picture. */
  captions?: readonly string[];
  onOpen: (i: number) => void;
}

export function Gallery(props: Props) {
  const { keys, ratios, doubtful, selection, height, label, name, captions } = props;
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [view, setView] = useState<View>({ top: 0, bottom: 0 });
  const [focus, setFocus] = useState(0);
  const layout = useMemo(() => justify(ratios, width, height, GAP), [ratios, width, height]);
  useSize(box, setWidth);
  const laid = useRef(layout);
  laid.current = layout;
  // Between two rows there is nothing to draw anew.
  useScroll(box, layout, (next) => setView((before) => (haveSameRows(laid.current, before, next) ? before : next)));
  const drag = useDrag(box, layout, keys, selection);
  const at = Math.min(focus, keys.length - 1);
  useReturn(box, name, keys, layout, height, width > 0, setFocus);
  const onOpen = (i: number) => {
    begin(name, keys, keys[i]!);
    props.onOpen(i);
  };

  // A key that is held comes again before the page is drawn: where the last one led counts.
  const now = useRef(at);
  now.current = at;
  const isAsked = useRef(false);
  useLayoutEffect(() => {
    if (isAsked.current) cell(box.current, at)?.focus({ preventScroll: true });
    isAsked.current = false;
  }, [at]);
  const focusOn = (i: number) => {
    isAsked.current = i !== at;
    now.current = i;
    setFocus(i);
    reveal(box.current, layout.tops[rowOf(layout, i)] ?? 0, height);
  };
  const press = (event: KeyboardEvent) => {
    const at = now.current;
    const to = movedTo(event.key, layout, at, keys.length);
    if (to !== null) {
      event.preventDefault();
      if (event.shiftKey && selection) selection.range(keys, at, to);
      focusOn(to);
    } else if (event.key === " " && selection) {
      event.preventDefault();
      selection.click(keys, at, event.shiftKey);
    } else if (event.key === "Enter") {
      event.preventDefault();
      onOpen(at);
    }
  };

  useFirstKey(() => cell(box.current, now.current)?.focus());
  const chosen = selection?.keys.value;
  const clicked = (event: MouseEvent) => {
    const i = numberOf(event.target);
    if (i === null || drag.wasDragged()) return;
    setFocus(i);
    const isTick = (event.target as Element).closest(".tick") !== null;
    if (selection && (isTick || event.shiftKey || event.ctrlKey || event.metaKey || chosen?.size))
      selection.click(keys, i, event.shiftKey);
    else onOpen(i);
  };

  const rows = rowsBetween(layout, view.top, view.bottom);
  const first = layout.starts[Math.max(0, rows[0] - MARGIN_ROWS)] ?? 0;
  const last = layout.starts[Math.min(layout.starts.length - 1, rows[1] + MARGIN_ROWS)] ?? 0;
  const shown = [];
  for (let i = first; i < last; i++) shown.push(i);
  if (at >= 0 && (at < first || at >= last)) shown.push(at); // the focus must not get lost
  return (
    <div
      ref={box}
      class="gallery"
      role="listbox"
      aria-multiselectable={selection ? "true" : undefined}
      aria-label={label}
      style={{ height: `${layout.tops.at(-1) ?? 0}px` }}
      onKeyDown={press}
      onClick={clicked}
      onFocusIn={(event) => setFocus(numberOf(event.target) ?? at)}
      {...drag.handlers}
    >
      {width > 0 &&
        shown.map((i) => {
          const row = rowOf(layout, i);
          return (
            <Cell
              key={keys[i]}
              i={i}
              total={keys.length}
              image={source.value.thumb(keys[i]!)}
              top={layout.tops[row]!}
              left={layout.lefts[i]!}
              width={layout.widths[i]!}
              height={layout.tops[row + 1]! - layout.tops[row]! - GAP}
              isChosen={chosen?.has(keys[i]!) ?? false}
              isDoubtful={doubtful.has(i)}
              isAt={i === at}
              canChoose={selection !== null}
              caption={captions?.[i] ?? ""}
            />
          );
        })}
      {drag.band && <div class="band" style={drag.band} />}
    </div>
  );
}

interface View {
  top: number;
  bottom: number;
}

function haveSameRows(layout: Layout, one: View, other: View): boolean {
  const [first, last] = rowsBetween(layout, one.top, one.bottom);
  const [otherFirst, otherLast] = rowsBetween(layout, other.top, other.bottom);
  return first === otherFirst && last === otherLast;
}

/** The number of the picture that something belongs to. */
function numberOf(target: EventTarget | null): number | null {
  const cell = (target as Element | null)?.closest<HTMLElement>(".cell");
  return cell ? Number(cell.dataset["i"]) : null;
}

function movedTo(key: string, layout: Layout, i: number, n: number): number | null {
  if (key === "ArrowRight") return Math.min(i + 1, n - 1);
  if (key === "ArrowLeft") return Math.max(i - 1, 0);
  if (key === "ArrowDown") return besides(layout, i, 1);
  if (key === "ArrowUp") return besides(layout, i, -1);
  if (key === "PageDown") return besides(layout, i, Math.min(4, layout.starts.length - 2 - rowOf(layout, i)));
  if (key === "PageUp") return besides(layout, i, -Math.min(4, rowOf(layout, i)));
  if (key === "Home") return 0;
  if (key === "End") return n - 1;
  return null;
}

function cell(box: HTMLElement | null, i: number): HTMLElement | null {
  return box?.querySelector(`[data-i="${i}"]`) ?? null;
}

function reveal(box: HTMLElement | null, top: number, height: number): void {
  if (!box) return;
  const y = box.getBoundingClientRect().top + top;
  const bar = 140; // what floats at the top and bottom
  if (y < bar) scrollBy({ top: y - bar });
  else if (y + height > innerHeight - bar) scrollBy({ top: y + height - innerHeight + bar });
}

/** Where no more than the page has the focus, as after a click that led here, an arrow goes to a picture. */
function useFirstKey(begin: () => void): void {
  const now = useRef(begin);
  now.current = begin;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const has = document.activeElement;
      const isFree = (has === document.body || has?.id === "content") && !document.querySelector("dialog[open]");
      if (!isFree || event.ctrlKey || event.metaKey || event.altKey || !BEGIN.includes(event.key)) return;
      event.preventDefault();
      now.current();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
}

/** Be where one was before a picture was looked at; the one looked at last has the focus. */
function useReturn(
  box: { current: HTMLElement | null }, name: string, keys: readonly string[], layout: Layout, height: number,
  isReady: boolean, setFocus: (i: number) => void,
): void {
  const isDone = useRef(false);
  useLayoutEffect(() => {
    if (!isReady || isDone.current || !keys.length) return;
    isDone.current = true;
    const left = returned(name);
    const i = left ? keys.indexOf(left.key) : -1;
    if (!left || i < 0) return;
    setFocus(i);
    scrollTo({ top: left.scroll, behavior: "instant" });
    reveal(box.current, layout.tops[rowOf(layout, i)] ?? 0, height);
    requestAnimationFrame(() => requestAnimationFrame(() => cell(box.current, i)?.focus({ preventScroll: true })));
  }, [isReady, keys]);
}

function useSize(box: { current: HTMLElement | null }, set: (width: number) => void): void {
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry!.contentRect.width);
      // Rows of another width may bring a scrollbar, and so yet another width in the same frame.
      requestAnimationFrame(() => set(width));
    });
    watch.observe(box.current!);
    return () => watch.disconnect();
  }, []);
}

/** Tell what is in sight: now, whenever one scrolls, and when what is shown is laid out anew. */
function useScroll(
  box: { current: HTMLElement | null },
  layout: Layout,
  set: (view: View) => void,
): void {
  useEffect(() => {
    let waiting = 0;
    const look = () => {
      waiting = 0;
      if (!box.current) return;
      const { top } = box.current.getBoundingClientRect();
      set({ top: -top, bottom: innerHeight - top });
    };
    const soon = () => {
      waiting ||= requestAnimationFrame(look);
    };
    look();
    addEventListener("scroll", soon, { passive: true });
    addEventListener("resize", soon);
    return () => {
      cancelAnimationFrame(waiting);
      removeEventListener("scroll", soon);
      removeEventListener("resize", soon);
    };
  }, [layout]);
}

type Band = {
  left: string;
  top: string;
  width: string;
  height: string;
};

/** Choose what a rectangle touches that is drawn with the mouse. */
function useDrag(
  box: { current: HTMLElement | null },
  layout: Layout,
  keys: readonly string[],
  selection: Selection | null,
) {
  const [band, setBand] = useState<Band | null>(null);
  const start = useRef<{ x: number; y: number; before: ReadonlySet<string>; isOn: boolean } | null>(null);
  const dragged = useRef(false);
  const here = (event: PointerEvent) => {
    const { left, top } = box.current!.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const handlers = {
    onPointerDown: (event: PointerEvent) => {
      dragged.current = false;
      if (!selection || event.button !== 0 || event.pointerType !== "mouse") return;
      start.current = { ...here(event), before: selection.keys.value, isOn: false };
    },
    onPointerMove: (event: PointerEvent) => {
      const from = start.current;
      if (!from || !selection) return;
      const to = here(event);
      if (!from.isOn && Math.hypot(to.x - from.x, to.y - from.y) < DRAG_PX) return;
      if (!from.isOn) box.current!.setPointerCapture(event.pointerId);
      from.isOn = dragged.current = true;
      const [left, right] = [Math.min(from.x, to.x), Math.max(from.x, to.x)];
      const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)];
      setBand({ left: `${left}px`, top: `${top}px`, width: `${right - left}px`, height: `${bottom - top}px` });
      selection.set([...from.before, ...touched(layout, keys, left, right, top, bottom)]);
    },
    onPointerUp: () => {
      start.current = null;
      setBand(null);
    },
    onPointerCancel: () => {
      start.current = null;
      setBand(null);
    },
  };
  return { band, handlers, wasDragged: () => dragged.current };
}

function touched(
  layout: Layout, keys: readonly string[], left: number, right: number, top: number, bottom: number,
): string[] {
  const [first, last] = rowsBetween(layout, top, bottom);
  const found = [];
  for (let i = layout.starts[first] ?? 0; i < (layout.starts[last] ?? 0); i++) {
    if (layout.lefts[i]! <= right && layout.lefts[i]! + layout.widths[i]! >= left) found.push(keys[i]!);
  }
  return found;
}
