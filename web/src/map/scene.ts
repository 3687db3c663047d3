/** What the graphics card draws: the dots, and thumbnails on them. */

import { Deck, OrthographicView } from "@deck.gl/core";
import type { Layer } from "@deck.gl/core";
import { IconLayer, ScatterplotLayer } from "@deck.gl/layers";
import type { Device } from "@luma.gl/core";
import { Atlas } from "./atlas";
import { WORLD } from "./view";
import type { View } from "./view";

const MAP = "map";
const MOST_PIXELS_PER_PIXEL = 2;
const GLIDE_MS = 250;

export interface Tile {
  point: number;
  at: [x: number, y: number];
  /** Red, green, blue, opacity of what frames it. */
  frame: [number, number, number, number];
  isChosen: boolean;
  isFaded: boolean;
}

export interface Told {
  moved: (view: View) => void;
  /** A thumbnail has come. */
  filled: () => void;
  failed: (error: Error) => void;
  thumb: (point: number, side: number) => string;
  isMoving: () => boolean;
}

interface Dots {
  length: number;
  attributes: {
    getPosition: { value: Float32Array; size: 2 };
    getFillColor: { value: Uint8Array; size: 4; normalized: true };
  };
}

export class Scene {
  atlas: Atlas | null = null;
  private readonly deck: Deck<OrthographicView>;
  private dots: Dots | null = null;
  private tiles: { icon: string; of: Tile; slot: number }[] = [];
  private side = 0;
  private canPan = true;

  constructor(parent: HTMLDivElement, view: View, private readonly told: Told) {
    this.deck = new Deck<OrthographicView>({
      parent,
      views: new OrthographicView({ id: MAP }),
      viewState: stateOf(view),
      controller: this.control(),
      useDevicePixels: Math.min(devicePixelRatio, MOST_PIXELS_PER_PIXEL),
      onDeviceInitialized: (device: Device) => {
        this.atlas = new Atlas(device, told.thumb, told.filled, told.isMoving);
        void device.lost.then(({ message }) => told.failed(new Error(message)));
        told.filled();
      },
      onViewStateChange: ({ viewState }) => {
        const { target, zoom } = viewState as { target: number[]; zoom: number | number[] };
        const [x = 0, y = 0] = target;
        told.moved({ x, y, zoom: Array.isArray(zoom) ? zoom[0]! : zoom });
      },
      getCursor: ({ isDragging }) => (!this.canPan ? "crosshair" : isDragging ? "grabbing" : "grab"),
      onError: (error) => told.failed(error),
      layers: [],
    });
  }

  look(view: View): void {
    this.deck.setProps({ viewState: stateOf(view) });
  }

  /** Whether the mouse, or one finger, moves the map; two fingers always do. */
  pan(isOn: boolean): void {
    this.canPan = isOn;
    this.deck.setProps({ controller: this.control() });
  }

  setDots(xy: Float32Array, colours: Uint8Array): void {
    this.dots = {
      length: xy.length / 2,
      attributes: {
        getPosition: { value: xy, size: 2 },
        getFillColor: { value: colours, size: 4, normalized: true },
      },
    };
    this.draw();
  }

  /** Show thumbnails, as far as they have come, and say how many; `side` is in pixels. */
  setTiles(tiles: readonly Tile[], side: number): number {
    this.side = side;
    this.tiles = tiles.flatMap((of) => {
      const slot = this.atlas?.slotOf(of.point);
      return slot === undefined ? [] : [{ icon: "0", of, slot }, { icon: String(slot), of, slot }];
    });
    this.draw();
    return this.tiles.length / 2;
  }

  destroy(): void {
    this.deck.finalize();
    this.atlas?.destroy();
  }

  private control() {
    return {
      dragPan: this.canPan,
      dragRotate: false,
      doubleClickZoom: false,
      keyboard: false,
      touchZoom: true,
      scrollZoom: { speed: 0.006, smooth: false },
      inertia: matchMedia("(prefers-reduced-motion: reduce)").matches ? false : GLIDE_MS,
    };
  }

  private draw(): void {
    const layers: Layer[] = [];
    if (this.dots) layers.push(this.dotLayer(this.dots));
    if (this.atlas) layers.push(this.tileLayer(this.atlas));
    this.deck.setProps({ layers });
  }

  private dotLayer(dots: Dots) {
    const n = Math.max(dots.length, 1);
    return new ScatterplotLayer({
      id: "dots",
      data: dots as never,
      getRadius: (WORLD / Math.sqrt(n)) * 0.09,
      radiusUnits: "common",
      radiusMinPixels: n > 300_000 ? 1 : n > 20_000 ? 1.5 : 2.5,
      radiusMaxPixels: 7,
      stroked: false,
      pickable: false,
      parameters: { depthCompare: "always", depthWriteEnabled: false },
    });
  }

  private tileLayer(atlas: Atlas) {
    return new IconLayer({
      id: "tiles",
      data: this.tiles,
      iconAtlas: atlas.texture as never,
      iconMapping: atlas.mapping,
      getIcon: ({ icon }) => icon,
      getPosition: ({ of }) => of.at,
      getSize: ({ icon, of }) => this.side + (icon !== "0" ? 0 : of.isChosen ? 12 : 6),
      getColor: ({ icon, of }) => (icon === "0" ? of.frame : [255, 255, 255, of.isFaded ? 90 : 255]),
      sizeUnits: "pixels",
      alphaCutoff: 0.05,
      pickable: false,
      parameters: { depthCompare: "always", depthWriteEnabled: false },
    });
  }
}

function stateOf({ x, y, zoom }: View) {
  return { target: [x, y, 0] as [number, number, number], zoom };
}

