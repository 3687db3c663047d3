/** One texture with the thumbnails in sight, fetched as they are wanted. */

import type { Device, Texture } from "@luma.gl/core";
import { Slots } from "./slots";

const CELL = 96;
const PER_ROW = 32;
const SIDE = CELL * PER_ROW;
/** How many thumbnails are fetched at once, and drawn in a frame, while the map stands. */
const STANDING = { atOnce: 8, perFrame: 3 };
const MOVING = { atOnce: 3, perFrame: 1 };
const ROUND = 10;
/** The first cell is a plain tile, which is dyed to frame a thumbnail. */
const TILE = 0;

export class Atlas {
  readonly texture: Texture;
  readonly mapping: Record<string, { x: number; y: number; width: number; height: number; mask: boolean }> = {};
  private readonly slots = new Slots(Array.from({ length: PER_ROW * PER_ROW - 1 }, (_, i) => i + 1));
  private wanted: ReadonlySet<number> = new Set();
  private queue: number[] = [];
  private readonly lost = new Set<number>();
  private nLoading = 0;
  private isOver = false;
  private readonly waiting: (() => void)[] = [];
  private readonly pen = drawing();

  /**
   * `addressOf` gives that of a point's thumbnail; `told` is called when one has come; `isMoving`
   * tells whether frames have other things to do.
   */
  constructor(
    device: Device,
    private readonly addressOf: (point: number, side: number) => string,
    private readonly told: () => void,
    private readonly isMoving: () => boolean,
  ) {
    this.texture = device.createTexture({
      format: "rgba8unorm",
      width: SIDE,
      height: SIDE,
      mipLevels: 1,
      sampler: { minFilter: "linear", magFilter: "linear" },
    });
    for (let slot = 0; slot < PER_ROW * PER_ROW; slot++)
      this.mapping[slot] = { ...cornerOf(slot), width: CELL, height: CELL, mask: slot === TILE };
    this.pen.fillStyle = "#fff";
    this.draw(TILE, () => this.pen.fillRect(0, 0, CELL, CELL));
  }

  /** Whether a point's thumbnail is there, and where. */
  slotOf(point: number): number | undefined {
    return this.slots.get(point);
  }

  /** Say what is in sight: it is kept, and fetched where it is missing, the first first. */
  want(points: readonly number[]): void {
    if (points.some((point) => this.isBarred(point))) return;
    this.wanted = new Set(points);
    for (const point of points) this.slots.touch(point);
    this.queue = points.filter((point) => this.slots.get(point) === undefined && !this.lost.has(point)).reverse();
    this.more();
  }

  /** A page from disk may show the pictures beside it, but not take them into a texture. */
  private isBarred(point: number): boolean {
    return location.protocol === "file:" && !this.addressOf(point, CELL).startsWith("data:");
  }

  /** Points have new numbers: forget what belongs to which. */
  clear(): void {
    this.slots.clear();
    this.lost.clear();
    this.queue = [];
    this.wanted = new Set();
  }

  destroy(): void {
    this.isOver = true;
    this.texture.destroy();
  }

  private pace(): typeof STANDING {
    return this.isMoving() ? MOVING : STANDING;
  }

  private more(): void {
    while (this.nLoading < this.pace().atOnce && this.queue.length) {
      const point = this.queue.pop()!;
      this.nLoading++;
      void this.load(point).finally(() => {
        this.nLoading--;
        this.more();
      });
    }
  }

  private async load(point: number): Promise<void> {
    const image = new Image();
    const address = this.addressOf(point, CELL);
    image.src = address;
    try {
      await image.decode();
    } catch {
      this.lost.add(point); // it has no thumbnail, and stays a dot
      return;
    }
    await this.turn();
    // Meanwhile it may be out of sight, or its number another picture's.
    if (this.isOver || !this.wanted.has(point) || this.addressOf(point, CELL) !== address) return;
    const slot = this.slots.take(point, (other) => this.wanted.has(other));
    if (slot === null) return;
    const side = Math.min(image.naturalWidth, image.naturalHeight);
    const [left, top] = [(image.naturalWidth - side) / 2, (image.naturalHeight - side) / 2];
    this.draw(slot, () => this.pen.drawImage(image, left, top, side, side, 1, 1, CELL - 2, CELL - 2));
    this.told();
  }

  /** Wait for one's turn: a few are drawn in each frame, so that none is late. */
  private turn(): Promise<void> {
    return new Promise((go) => {
      if (this.waiting.push(go) === 1) requestAnimationFrame(this.serve);
    });
  }

  private readonly serve = (): void => {
    for (const go of this.waiting.splice(0, this.pace().perFrame)) go();
    if (this.waiting.length) requestAnimationFrame(this.serve);
  };

  private draw(slot: number, paint: () => void): void {
    this.pen.clearRect(0, 0, CELL, CELL);
    this.pen.save();
    this.pen.beginPath();
    // A clear line around it keeps neighbours from shining through where it is drawn smaller.
    this.pen.roundRect(1, 1, CELL - 2, CELL - 2, ROUND);
    this.pen.clip();
    paint();
    this.pen.restore();
    const { x, y } = cornerOf(slot);
    this.texture.copyExternalImage({ image: this.pen.canvas, x, y, width: CELL, height: CELL });
  }
}

function cornerOf(slot: number): { x: number; y: number } {
  return { x: (slot % PER_ROW) * CELL, y: Math.floor(slot / PER_ROW) * CELL };
}

function drawing(): CanvasRenderingContext2D {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = CELL;
  return canvas.getContext("2d", { willReadFrequently: true })!;
}
