/** The names of groups, written over the map. */

import type { Spot } from "./labels";
import { uncluttered } from "./labels";
import { inSight, scaleOf, toScreen } from "./view";
import type { Size, View } from "./view";

const GAP = 6;
const HEIGHT = 26;
const MOST_WIDTH = 210;
const PADDING = 35; // what style/map.css puts around the words
const PER_FRAME = 3;
const AREA = 26_000; // pixels of the map for each name: more would hide it

interface Name {
  group: number;
  title: string;
  colour: string;
  spot: Spot;
  width: number;
}

export class Names {
  private names: Name[] = [];
  private readonly shown = new Map<number, { name: Name; node: HTMLElement }>();
  private size: Size = { width: 0, height: 0 };
  private at = -1;
  private below = 0;
  /** Names that there is room for, and that are not written yet. */
  private lacking: Name[] = [];
  private adding = 0;
  /** The view for which the names were put. */
  private from: View = { x: 0, y: 0, zoom: NaN };

  constructor(
    private readonly box: HTMLElement,
    fly: (group: number) => void,
  ) {
    box.addEventListener("click", (event) => {
      const node = (event.target as HTMLElement).closest<HTMLElement>("[data-group]");
      if (node) fly(Number(node.dataset["group"]));
    });
  }

  resize(size: Size): void {
    if (size.width !== this.size.width || size.height !== this.size.height)
      this.from = { ...this.from, zoom: NaN }; // all stand elsewhere now
    this.size = size;
  }

  set(
    groups: readonly { title: string; colour: string; isHidden: boolean }[],
    spots: readonly (Spot | null)[],
    at: number,
  ): void {
    this.at = at;
    const width = measure(this.box);
    this.names = groups
      .flatMap(({ title, colour, isHidden }, group) => {
        const spot = spots[group];
        return !spot || isHidden ? [] : [{ group, title, colour, spot, width: width(title) }];
      })
      .sort((a, b) => Number(b.group === at) - Number(a.group === at) || b.spot.n - a.spot.n);
    for (const { node } of this.shown.values()) node.remove();
    this.shown.clear();
    this.lacking = [];
  }

  /** Choose which names there is room for; they stand `below` pixels under the middle of a group. */
  declutter(view: View, below: number): void {
    const isAsBefore = view.zoom === this.from.zoom && below === this.below;
    this.below = below;
    const { left, right, top, bottom } = inSight(view, this.size);
    const seen = this.names.filter(
      ({ spot: { at: [x, y] } }) => x >= left && x <= right && y >= top && y <= bottom,
    );
    const wanted = seen.map(({ spot, width }) => {
      const [x, y] = toScreen(view, this.size, spot.at);
      return { x, y, width, height: HEIGHT };
    });
    const most = Math.ceil((this.size.width * this.size.height) / AREA);
    const chosen = new Set(uncluttered(wanted, GAP, most).map((i) => seen[i]!));
    for (const [group, { name, node }] of this.shown) {
      if (chosen.has(name)) chosen.delete(name);
      else {
        node.remove();
        this.shown.delete(group);
      }
    }
    // Where those that stay stand by each other as before, they need not be touched.
    if (isAsBefore) this.move(view);
    else this.put(view);
    this.lacking = [...chosen];
    this.add();
  }

  /** Write some of the names that are to come: many at once would be much for one frame. */
  private readonly add = (): void => {
    cancelAnimationFrame(this.adding);
    for (const name of this.lacking.splice(0, PER_FRAME)) {
      const node = this.write(name);
      this.shown.set(name.group, { name, node });
      this.stand(name, node);
    }
    if (this.lacking.length) this.adding = requestAnimationFrame(this.add);
  };

  /** Follow the view: as a whole while it is no closer or further, else each on its own. */
  move(view: View): void {
    if (view.zoom !== this.from.zoom) return this.put(view);
    const scale = scaleOf(view);
    const [dx, dy] = [(this.from.x - view.x) * scale, (this.from.y - view.y) * scale];
    this.box.style.transform = `translate(${dx.toFixed(1)}px, ${dy.toFixed(1)}px)`;
  }

  private put(view: View): void {
    this.from = view;
    this.box.style.transform = "";
    for (const { name, node } of this.shown.values()) this.stand(name, node);
  }

  private stand({ spot, width }: Name, node: HTMLElement): void {
    const [x, y] = toScreen(this.from, this.size, spot.at);
    const [left, top] = [x - width / 2, y + this.below - HEIGHT / 2];
    node.style.transform = `translate(${left.toFixed(1)}px, ${top.toFixed(1)}px)`;
  }

  private write({ group, title, colour, width }: Name): HTMLElement {
    const node = document.createElement("span");
    node.style.width = `${width.toFixed(1)}px`;
    node.className = group === this.at ? "map-name at" : "map-name";
    node.dataset["group"] = String(group);
    node.style.setProperty("--own", colour);
    node.textContent = title;
    // What moves is around what is written: to move it, none of its looks is computed again.
    const place = document.createElement("div");
    place.className = "map-place";
    place.append(node);
    this.box.append(place);
    return place;
  }
}

function measure(box: HTMLElement): (text: string) => number {
  const pen = document.createElement("canvas").getContext("2d");
  if (!pen) return (text) => Math.min(text.length * 7 + PADDING, MOST_WIDTH);
  pen.font = `600 13px ${getComputedStyle(box).fontFamily}`;
  return (text) => Math.min(pen.measureText(text).width + PADDING, MOST_WIDTH);
}
