/** All pictures on a map, where those that look alike lie close together. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Group, Places } from "../data/source";
import { NONE } from "../data/source";
import { Panel } from "../map/Panel";
import { Toolbar } from "../map/Toolbar";
import { follow } from "../map/drawing";
import type { Mode } from "../map/drawing";
import { Marks } from "../map/marks";
import { Stage } from "../map/stage";
import { isSameMap, usePlaces } from "../map/usePlaces";
import type { Point, View } from "../map/view";
import { canDraw } from "../map/webgl";
import { t } from "../messages";
import { ActionsBar } from "../parts/ActionsBar";
import { LevelSlider } from "../parts/LevelSlider";
import { useKeys } from "../parts/keys";
import { go, linkTo } from "../router";
import { byId, canEdit, groups, level, source, titleOf } from "../store";

const NO_GROUP = "#8a8f98"; // colors.py has the same
const STEP_PX = 90;
const PREVIEW_PX = 190;
const WIDE_PX = 900;

/** Where one was before another screen was looked at. */
let last: View | null = null;

export function MapScreen() {
  const [trouble, setTrouble] = useState(canDraw() ? null : ("none" as "none" | "lost"));
  return trouble ? (
    <NoMap kind={trouble} onAgain={() => setTrouble(null)} />
  ) : (
    <LiveMap onLost={() => setTrouble("lost")} />
  );
}

function LiveMap({ onLost }: { onLost: () => void }) {
  const places = usePlaces();
  const known = groups.value?.groups ?? [];
  const [mode, setMode] = useState<Mode>("pan");
  const [at, setAt] = useState<string | null>(null);
  const [over, setOver] = useState(-1);
  const [isWide] = useState(innerWidth > WIDE_PX);
  const map = useMap(places, at, mode, { setAt, setOver, onLost });
  const { stage, marks } = map;
  const chosen = useChosen(marks, places);
  const fly = (group: Group) => {
    setAt(group.id);
    stage.current?.toGroup(places?.groups.indexOf(group.id) ?? -1);
  };
  const select = (group: Group) => stage.current?.chooseGroup(places?.groups.indexOf(group.id) ?? -1);
  const clear = () => {
    if (marks.n.value) marks.clear();
    else if (mode !== "pan") setMode("pan");
    else setAt(null);
  };
  const zoom = (by: number) => stage.current?.zoom(by);
  const all = () => {
    setAt(null);
    stage.current?.all();
  };
  useKeys({
    v: () => setMode("pan"),
    l: () => canEdit.value && setMode("lasso"),
    b: () => canEdit.value && setMode("box"),
    "+": () => zoom(1),
    "=": () => zoom(1),
    "-": () => zoom(-1),
    "0": all,
    "mod+a": () => canEdit.value && stage.current?.chooseInSight(),
    Escape: clear,
  });
  const press = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    const one = stage.current?.middle() ?? -1;
    if (step) stage.current?.by(step[0] * STEP_PX, step[1] * STEP_PX);
    else if (event.key === "Enter" && one >= 0) open(places, one);
    else if (event.key === " " && canEdit.value && one >= 0) marks.toggle(one);
    else return;
    event.preventDefault();
  };
  const n = places?.keys.length ?? 0;
  return (
    <section class="map" aria-labelledby="title">
      <div
        ref={map.root}
        class="map-stage deck-events-root"
        role="application"
        tabIndex={0}
        aria-label={t("mapOf", { n })}
        onKeyDown={press}
        onFocus={map.onFocus}
        onBlur={() => setOver(-1)}
      >
        <div ref={map.names} class="map-names" aria-hidden="true" />
        <svg class="map-line" aria-hidden="true">
          <path ref={map.line} />
        </svg>
      </div>
      {places && over >= 0 && stage.current && <Preview places={places} i={over} stage={stage.current} />}
      <header class="map-head">
        <h1 id="title">{t("map")}</h1>
        <p class="quiet">
          {t("pictures", { n })} · {t("groupCount", { n: known.length })}
        </p>
        <LevelSlider />
      </header>
      <Toolbar mode={mode} canSelect={canEdit.value} onMode={setMode} onZoom={zoom} onAll={all} />
      <details class="map-panel" open={isWide}>
        <summary>{t("groups")}</summary>
        <Panel groups={known} at={at} level={level.value} onFly={fly} onSelect={select} />
      </details>
      {!map.isReady && <p class="map-note quiet" role="status">{t("mapLoading")}</p>}
      {places && !n && <p class="map-note quiet">{t("mapNone")}</p>}
      {mode !== "pan" && !marks.n.value && <p class="map-note quiet">{t("mapHint")}</p>}
      {canEdit.value && (
        <div class="map-actions">
          <ActionsBar
            n={marks.n.value}
            keys={chosen.keys}
            group={chosen.group}
            isMixed={chosen.isMixed}
            nearest={chosen.group ? (byId.value.get(chosen.group)?.nearest ?? []) : []}
            canSplit={marks.n.value < (chosen.group ? (byId.value.get(chosen.group)?.images ?? 0) : 0)}
            onAll={() => stage.current?.chooseInSight()}
            onClear={() => marks.clear()}
          />
        </div>
      )}
    </section>
  );
}

const STEPS: Record<string, Point> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

interface Sets {
  setAt: (group: string | null) => void;
  setOver: (i: number) => void;
  onLost: () => void;
}

/** Keep the stage as the page is: made once, told of every change. */
function useMap(places: Places | null, at: string | null, mode: Mode, sets: Sets) {
  const root = useRef<HTMLDivElement>(null);
  const names = useRef<HTMLDivElement>(null);
  const line = useRef<SVGPathElement>(null);
  const stage = useRef<Stage | null>(null);
  const before = useRef<Places | null>(null);
  const [isReady, setReady] = useState(false);
  const marks = useRef(new Marks(0));
  const isSame = useMemo(() => {
    const is = places !== null && isSameMap(before.current, places);
    if (places && !is) marks.current = new Marks(places.keys.length);
    before.current = places;
    return is;
  }, [places]);
  const now = useRef({ places, mode, sets });
  now.current = { places, mode, sets };

  useEffect(() => {
    const own = new Stage(root.current!, names.current!, () => marks.current, {
      moved: () => now.current.sets.setOver(-1),
      settled: () => {
        if (root.current?.matches(":focus-visible")) now.current.sets.setOver(own.middle());
      },
      failed: () => now.current.sets.onLost(),
      thumb: (i, side) => source.value.thumb(now.current.places?.keys.at(i) ?? "", side),
      covered: () => {
        const panel = root.current?.parentElement?.querySelector<HTMLElement>(".map-panel[open]");
        return panel && innerWidth > WIDE_PX ? panel.offsetWidth : 0;
      },
      fly: (group) => {
        now.current.sets.setAt(now.current.places?.groups[group] ?? null);
        own.toGroup(group);
      },
    });
    stage.current = own;
    own.begin(last).then(() => setReady(true), () => now.current.sets.onLost());
    const unfollow = follow(root.current!, line.current!, {
      mode: () => (canEdit.value ? now.current.mode : "pan"),
      drawn: (drawn, how) => own.choose(drawn, how),
      clicked: (point, event) => clicked(own, marks.current, now.current, point, event),
      over: (point) => now.current.sets.setOver(point ? own.under(point) : -1),
    });
    const watch = new ResizeObserver(() => {
      own.measure();
      own.look(own.view);
    });
    watch.observe(root.current!);
    return () => {
      last = own.view;
      watch.disconnect();
      unfollow();
      own.end();
    };
  }, []);

  useEffect(() => {
    if (places) stage.current?.place(places, places.groups.length, isSame);
  }, [places]);
  const of = byId.value;
  useEffect(() => {
    if (!places) return;
    const shown = places.groups.map((id) => {
      const group = of.get(id);
      return {
        title: group ? group.name || group.looks_like || t("pictures", { n: group.images }) : "",
        colour: group?.colour ?? NO_GROUP,
        isHidden: group?.is_hidden ?? false,
      };
    });
    stage.current?.show({ groups: shown, noGroup: NO_GROUP, at: at === null ? -1 : places.groups.indexOf(at) });
  }, [places, of, at, isReady]);
  useEffect(() => stage.current?.canPan(mode === "pan" || !canEdit.value), [mode, isReady, canEdit.value]);
  useEffect(() => stage.current?.paint(), [marks.current.changed.value]);
  const onFocus = () => {
    if (root.current?.matches(":focus-visible")) sets.setOver(stage.current?.middle() ?? -1);
  };
  return { root, names, line, stage, marks: marks.current, isReady: isReady && places !== null, onFocus };
}

function clicked(
  stage: Stage,
  marks: Marks,
  { places, mode }: { places: Places | null; mode: Mode },
  point: Point,
  event: PointerEvent,
): void {
  if ((event.target as Element).closest(".map-name")) return; // the name flies to its group
  const i = stage.under(point);
  const isChoosing = canEdit.value && (mode !== "pan" || event.ctrlKey || event.metaKey || event.shiftKey);
  if (i < 0) {
    if (isChoosing) marks.clear();
  } else if (isChoosing) marks.toggle(i);
  else open(places, i);
}

function open(places: Places | null, i: number): void {
  const key = places?.keys.at(i);
  if (!places || !key) return;
  go(linkTo("picture", key, { in: places.groups[places.labels[i]!] ?? NONE }));
}

/** The keys of what is chosen, and its group, if it is one. */
function useChosen(marks: Marks, places: Places | null) {
  const changed = marks.changed.value;
  return useMemo(() => {
    const points = marks.list();
    const labels = new Set(points.map((i) => places?.labels[i] ?? -1));
    const [label = -1] = labels;
    return {
      keys: () => points.map((i) => places?.keys.at(i) ?? ""),
      group: labels.size === 1 ? (places?.groups[label] ?? null) : null,
      isMixed: labels.size > 1,
    };
  }, [marks, changed, places]);
}

function Preview({ places, i, stage }: { places: Places; i: number; stage: Stage }) {
  const [x, y] = stage.placeOf(i);
  const group = byId.value.get(places.groups[places.labels[i]!] ?? "");
  const isLeft = x > stage.size.width / 2;
  const isUp = y > stage.size.height / 2;
  const shift = `translate(${isLeft ? "calc(-100% - 2.6rem)" : "2.6rem"}, ${isUp ? "-85%" : "-15%"})`;
  return (
    <div class="map-preview" style={{ left: `${x}px`, top: `${y}px`, transform: shift }} role="status">
      <img src={source.value.thumb(places.keys.at(i) ?? "")} alt="" width={PREVIEW_PX} />
      <p>
        <span class="swatch" style={{ background: group?.colour ?? NO_GROUP }} aria-hidden="true" />
        {group ? titleOf(group) : t("noGroup")}
      </p>
    </div>
  );
}

/** In place of the map: why there is none, and the groups that it would show. */
function NoMap({ kind, onAgain }: { kind: "none" | "lost"; onAgain: () => void }) {
  const shown = (groups.value?.groups ?? []).filter((group) => !group.is_hidden);
  return (
    <section class="screen" aria-labelledby="title">
      <header class="head">
        <h1 id="title">{t("map")}</h1>
        <LevelSlider />
      </header>
      <div class="first" role="status">
        <h2>{t(kind === "none" ? "mapNoWebGL" : "mapLost")}</h2>
        <p>{t(kind === "none" ? "mapNoWebGLWhat" : "mapLostWhat")}</p>
        {kind === "lost" && <button class="primary" onClick={onAgain}>{t("again")}</button>}
      </div>
      <ul class="map-list">
        {shown.map((group) => (
          <li key={group.id}>
            <a href={linkTo("group", group.id, level.value === null ? {} : { level: String(level.value) })}>
              <span class="swatch" style={{ background: group.colour }} aria-hidden="true" />
              <span class="title">{titleOf(group)}</span>
              <small>{t("pictures", { n: group.images })}</small>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
