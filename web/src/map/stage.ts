/**
 * The map on the screen: what is in sight, what is under the pointer, what is chosen.
 *
 * It works beside the page's components, so that a movement costs no more than to move a camera.
 */

import type { Keys } from "../data/source";
import { dotColours, packed } from "./colours";
import { boxOf, insideOf } from "./inside";
import { Names } from "./names";
import { spotsOf } from "./labels";
import type { Spot } from "./labels";
import type { How, Marks } from "./marks";
import { sampled } from "./sampled";
import type { Sampled } from "./sampled";
import type { Scene, Told } from "./scene";
import { Tree } from "./tree";
import { ALL, fitted, flight, intoWorld, kept, scaleOf, toScreen, toWorld, zoomed } from "./view";
import type { Box, Point, Size, View } from "./view";

const SETTLE_MS = 180;
const REACH_PX = 12;
const ROOM_PX = 48;
/** The tools stand on the left. */
const TOOLS_PX = 56;
const NARROW_PX = 720;
const UNDER_PX = 18;

export interface Shown {
  /** In the order of the labels. */
  groups: readonly { title: string; colour: string; isHidden: boolean }[];
  noGroup: string;
  at: number;
}

export interface Calls {
  moved: () => void;
  /** The map stands, or moves on: what is in the middle may be another picture. */
  settled: () => void;
  failed: () => void;
  thumb: (point: number, side: number) => string;
  /** Pixels at the right that something else covers. */
  covered: () => number;
  fly: (group: number) => void;
}

export class Stage {
  view: View = fitted(ALL, { width: 1000, height: 800 }, ROOM_PX);
  size: Size = { width: 1000, height: 800 };
  spots: (Spot | null)[] = [];
  private scene: Scene | null = null;
  private xy = new Float32Array();
  private tree = new Tree(this.xy);
  private labels: Int32Array = new Int32Array();
  private shown: Shown = { groups: [], noGroup: "#888888", at: -1 };
  private tiles: Sampled = { points: [], side: 0, isOpen: false };
  /** The thumbnails that are drawn. */
  private there = "";
  private readonly names: Names;
  private timer = 0;
  private flying = 0;
  private isOver = false;
  private movedAt = -SETTLE_MS;

  constructor(
    private readonly root: HTMLDivElement,
    labelBox: HTMLElement,
    private readonly marks: () => Marks,
    private readonly calls: Calls,
  ) {
    this.names = new Names(labelBox, calls.fly);
    this.measure();
  }

  async begin(from: View | null): Promise<void> {
    const { Scene } = await import("./scene");
    if (this.isOver) return;
    this.view = from ?? this.framed(ALL, this.room());
    const told: Told = {
      moved: (view) => {
        cancelAnimationFrame(this.flying);
        this.look(view);
      },
      filled: () => this.soon(),
      failed: () => !this.isOver && this.calls.failed(),
      thumb: this.calls.thumb,
      isMoving: () => performance.now() - this.movedAt < SETTLE_MS,
    };
    this.scene = new Scene(this.root, this.view, told);
    this.paint();
    this.look(this.view);
  }

  end(): void {
    this.isOver = true;
    cancelAnimationFrame(this.flying);
    clearTimeout(this.timer);
    this.scene?.destroy();
  }

  /** Show other places; those that lie as before keep their thumbnails. */
  place(places: { keys: Keys; xy: Float32Array; labels: Int32Array }, nGroups: number, isSame: boolean): void {
    if (!isSame) {
      this.xy = intoWorld(places.xy);
      this.tree = new Tree(this.xy);
      this.scene?.atlas?.clear();
    }
    this.labels = places.labels;
    this.spots = spotsOf(this.xy, this.labels, nGroups);
  }

  show(shown: Shown): void {
    this.shown = shown;
    this.names.set(shown.groups, this.spots, shown.at);
    this.paint();
    this.look(this.view);
  }

  /** Colour the dots anew: the groups, or what is chosen, are others. */
  paint(): void {
    const { groups, noGroup, at } = this.shown;
    if (!this.scene || !this.xy.length) return;
    const colours = dotColours({
      labels: this.labels,
      colours: groups.map((group) => group.colour),
      isHidden: groups.map((group) => group.isHidden),
      noGroup,
      chosen: this.marks().bytes,
      at,
    });
    this.scene.setDots(this.xy, colours);
    this.showTiles();
  }

  canPan(isOn: boolean): void {
    this.scene?.pan(isOn);
  }

  measure(): void {
    const { width, height } = this.root.getBoundingClientRect();
    if (width && height) this.size = { width, height };
    this.names.resize(this.size);
  }

  look(view: View): void {
    this.view = kept(view, this.size);
    this.movedAt = performance.now();
    this.scene?.look(this.view);
    this.names.move(this.view);
    this.calls.moved();
    this.soon();
  }

  by(dx: number, dy: number): void {
    const scale = scaleOf(this.view);
    this.look({ ...this.view, x: this.view.x + dx / scale, y: this.view.y + dy / scale });
  }

  zoom(by: number, at: Point = [this.size.width / 2, this.size.height / 2]): void {
    this.fly(zoomed(this.view, this.size, by, at));
  }

  all(): void {
    this.fly(this.framed(ALL, this.room()));
  }

  toGroup(group: number): void {
    const spot = this.spots[group];
    if (spot) this.fly(this.framed(spot.body, 2 * this.room()));
  }

  /** Go to a view; at once where motion is not wanted. */
  private fly(to: View): void {
    cancelAnimationFrame(this.flying);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.look(to);
    const { ms, at } = flight(this.view, to, this.size);
    const start = performance.now();
    const step = () => {
      const part = Math.min((performance.now() - start) / ms, 1);
      this.look(at(part * part * (3 - 2 * part)));
      if (part < 1) this.flying = requestAnimationFrame(step);
    };
    step();
  }

  /** The picture under a place on the screen; -1 if there is none. */
  under([x, y]: Point, reach = REACH_PX): number {
    const { points, side } = this.tiles;
    for (let k = points.length - 1; k >= 0; k--) {
      const i = points[k]!;
      if (this.scene?.atlas?.slotOf(i) === undefined) continue;
      const [px, py] = this.placeOf(i);
      if (Math.abs(px - x) <= side / 2 && Math.abs(py - y) <= side / 2) return i;
    }
    const [wx, wy] = toWorld(this.view, this.size, [x, y]);
    return this.tree.nearest(wx, wy, reach / scaleOf(this.view), this.isShown);
  }

  /** The picture nearest to the middle. */
  middle(): number {
    const { width, height } = this.size;
    return this.under([width / 2, height / 2], Math.max(width, height) / 4);
  }

  placeOf(i: number): Point {
    return toScreen(this.view, this.size, [this.xy[2 * i]!, this.xy[2 * i + 1]!]);
  }

  labelOf(i: number): number {
    return this.labels[i] ?? -1;
  }

  /** Choose what lies inside a line on the screen. */
  choose(line: readonly Point[], how: How): void {
    const drawn = line.map((point) => toWorld(this.view, this.size, point));
    const found = this.tree.within(boxOf(drawn), insideOf(drawn)).filter(this.isShown);
    this.marks().choose(found, how);
  }

  chooseInSight(): void {
    const { width, height } = this.size;
    this.choose([[0, 0], [width, 0], [width, height], [0, height]], "set");
  }

  chooseGroup(group: number): void {
    const found: number[] = [];
    this.labels.forEach((label, i) => label === group && found.push(i));
    this.marks().choose(found, "set");
  }

  private readonly isShown = (i: number): boolean => {
    const label = this.labels[i]!;
    return label < 0 || !this.shown.groups[label]?.isHidden;
  };

  /** The view in which a box fills what is not covered. */
  private framed(box: Box, room: number): View {
    const covered = this.calls.covered();
    const view = fitted(box, { ...this.size, width: this.size.width - covered - TOOLS_PX }, room);
    return kept({ ...view, x: view.x + (covered - TOOLS_PX) / 2 / scaleOf(view) }, this.size);
  }

  private room(): number {
    return this.size.width < NARROW_PX ? ROOM_PX / 2 : ROOM_PX;
  }

  /** Look again for thumbnails and names, now and then while the map moves and once when it stands. */
  private soon(): void {
    this.timer ||= window.setTimeout(() => {
      this.timer = 0;
      if (!this.isOver) this.settle();
    }, SETTLE_MS);
  }

  private settle(): void {
    const side = this.size.width < NARROW_PX ? 50 : 58;
    this.tiles = sampled(this.tree, this.xy, this.view, this.size, side, this.isShown);
    const atlas = this.scene?.atlas;
    atlas?.want(this.tiles.points);
    const there = this.tiles.points.filter((point) => atlas?.slotOf(point) !== undefined).join();
    if (there !== this.there) this.showTiles();
    this.there = there;
    const write = () => {
      if (this.isOver) return;
      // Where thumbnails are everywhere, a name stands below its group's, not on it.
      this.names.declutter(this.view, this.tiles.isOpen ? side / 2 + UNDER_PX : 0);
      this.root.dataset["view"] = JSON.stringify(this.view);
      this.calls.settled();
    };
    // The next frame draws the thumbnails, and the one after it the names: both would be much.
    requestAnimationFrame(() => requestAnimationFrame(write));
  }

  private showTiles(): void {
    const marks = this.marks();
    const isAny = marks.bytes !== null;
    const { groups, noGroup, at } = this.shown;
    const tiles = this.tiles.points.map((point) => {
      const label = this.labelOf(point);
      const isChosen = marks.has(point);
      const isFaded = isAny ? !isChosen : at >= 0 && label !== at;
      const colour = packed(label < 0 ? noGroup : (groups[label]?.colour ?? noGroup));
      const frame: [number, number, number, number] = [
        colour & 255, (colour >> 8) & 255, (colour >> 16) & 255, isFaded ? 60 : 255,
      ];
      const place: [number, number] = [this.xy[2 * point]!, this.xy[2 * point + 1]!];
      return { point, at: place, frame, isChosen, isFaded };
    });
    const n = this.scene?.setTiles(tiles, this.tiles.side) ?? 0;
    this.root.dataset["thumbnails"] = String(n);
  }
}
