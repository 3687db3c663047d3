/** A picture that is looked at closely: wheel, two fingers, double click and keys. */

import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../messages";
import { Icon } from "./Icon";
import { useKeys } from "./keys";
import type { Size, View } from "./zoom";
import { WHOLE, actual, fitted, moved, toggled, zoomed } from "./zoom";

const STEP = 1.5;
const STEP_PX = 80;
const WHEEL = 0.0022;

interface Props {
  src: string;
  /** What is shown until the picture is there. */
  thumb: string;
  alt: string;
  /** In pixels; null until it is known. */
  size: Size | null;
  onLoad: () => void;
  onError: () => void;
}

export function Zoomable({ src, thumb, alt, size, onLoad, onError }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [frame, setFrame] = useState<Size>({ width: 0, height: 0 });
  const [own, setOwn] = useState<Size | null>(null);
  const [view, setView] = useState<View>(WHOLE);
  const [isLoaded, setLoaded] = useState(false);
  const picture = own ?? size ?? { width: 0, height: 0 };
  useFrame(box, setFrame);
  const middle = { x: 0, y: 0 };
  const zoom = (by: number, at = middle) => setView((now) => zoomed(now, by, at, picture, frame));
  const pan = (dx: number, dy: number) => setView((now) => moved(now, dx, dy, picture, frame));
  const here = (event: MouseEvent) => pointIn(box.current!, event);
  useWheel(box, (event) => zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 4 : 1) * WHEEL), here(event)));
  const { isHeld, ...drag } = useFingers(here, zoom, pan);
  useKeys({
    "+": () => zoom(STEP),
    "=": () => zoom(STEP),
    "-": () => zoom(1 / STEP),
    "0": () => setView(WHOLE),
    "1": () => zoom(actual(picture, frame) / view.scale),
    "shift+ArrowLeft": () => pan(STEP_PX, 0),
    "shift+ArrowRight": () => pan(-STEP_PX, 0),
    "shift+ArrowUp": () => pan(0, STEP_PX),
    "shift+ArrowDown": () => pan(0, -STEP_PX),
  });
  const { width, height } = fitted(picture, frame);
  const isLarge = view.scale > 1.001;
  const style = {
    width: `${width}px`,
    height: `${height}px`,
    transform: `translate(-50%, -50%) translate(${view.x}px, ${view.y}px) scale(${view.scale})`,
  };
  return (
    <div
      ref={box}
      class={`zoomable${isLarge ? " large" : ""}${isHeld ? " held" : ""}`}
      onDblClick={(event) => {
        if (!isButton(event)) setView(toggled(view, here(event), picture, frame));
      }}
      {...drag}
    >
      {!isLoaded && size && <img class="under" src={thumb} alt="" style={style} draggable={false} />}
      <img
        class={isLoaded ? "full" : "full coming"}
        src={src}
        alt={alt}
        style={style}
        draggable={false}
        onLoad={(event) => {
          const { naturalWidth, naturalHeight } = event.currentTarget;
          setOwn({ width: naturalWidth, height: naturalHeight });
          setLoaded(true);
          onLoad();
        }}
        onError={onError}
      />
      <div class="zooms" role="group" aria-label={t("zoom")}>
        <button class="tool" onClick={() => zoom(1 / STEP)} disabled={!isLarge} aria-label={t("smaller")} title={t("smaller")}>
          <Icon name="minus" />
        </button>
        <output aria-live="off">{percent(view, picture, frame)}</output>
        <button class="tool" onClick={() => zoom(STEP)} aria-label={t("larger")} title={t("larger")}>
          <Icon name="plus" />
        </button>
      </div>
    </div>
  );
}

function percent(view: View, picture: Size, frame: Size): string {
  return `${Math.round((100 * view.scale) / actual(picture, frame))} %`;
}

function isButton(event: MouseEvent): boolean {
  return event.target instanceof Element && event.target.closest(".zooms") !== null;
}

function pointIn(box: HTMLElement, event: MouseEvent): { x: number; y: number } {
  const { left, top, width, height } = box.getBoundingClientRect();
  return { x: event.clientX - left - width / 2, y: event.clientY - top - height / 2 };
}

function useFrame(box: { current: HTMLElement | null }, set: (frame: Size) => void): void {
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      set({ width, height });
    });
    watch.observe(box.current!);
    return () => watch.disconnect();
  }, []);
}

/** The page must not scroll meanwhile, so the listener cannot be a passive one. */
function useWheel(box: { current: HTMLElement | null }, act: (event: WheelEvent) => void): void {
  const now = useRef(act);
  now.current = act;
  useEffect(() => {
    const turned = (event: WheelEvent) => {
      event.preventDefault();
      now.current(event);
    };
    const element = box.current!;
    element.addEventListener("wheel", turned, { passive: false });
    return () => element.removeEventListener("wheel", turned);
  }, []);
}

type Point = { x: number; y: number };

/** One finger or the mouse moves, two zoom. */
function useFingers(
  here: (event: MouseEvent) => Point,
  zoom: (by: number, at: Point) => void,
  pan: (dx: number, dy: number) => void,
) {
  const down = useRef(new Map<number, Point>());
  const [isHeld, setHeld] = useState(false);
  const up = (event: PointerEvent) => {
    down.current.delete(event.pointerId);
    setHeld(down.current.size > 0);
  };
  return {
    isHeld,
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0 || isButton(event)) return;
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
      down.current.set(event.pointerId, here(event));
      setHeld(true);
    },
    onPointerMove: (event: PointerEvent) => {
      const before = down.current.get(event.pointerId);
      if (!before) return;
      const now = here(event);
      const other = [...down.current].find(([id]) => id !== event.pointerId)?.[1];
      down.current.set(event.pointerId, now);
      if (!other) pan(now.x - before.x, now.y - before.y);
      else {
        const apart = (point: Point) => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
        zoom(apart(now) / apart(before), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
        pan((now.x - before.x) / 2, (now.y - before.y) / 2);
      }
    },
    onPointerUp: up,
    onPointerCancel: up,
  };
}
