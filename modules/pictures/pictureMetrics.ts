import pixelmatch from 'pixelmatch';
import { ssim } from 'ssim.js';

/** RGBA, 8 bits a channel, row by row. */
export interface Pixels {
  data: Uint8ClampedArray;
  width: number;
  height: number;
}

/** How different two colours must look to count: of pixelmatch, 0 to 1 (YIQ). */
const VISIBLE = 0.1;
/** Rows that a pixel's neighbourhood reaches into: what is an edge is told by it. */
export const OVERLAP_ROWS = 2;
/** What marks a different pixel in a mask. */
const MARK: [number, number, number] = [255, 0, 80];

/** Where two stripes of pictures look different: a transparent picture with the different pixels marked. Transparency is compared on
 * a checkerboard, so that no ground hides it. */
export function differenceMask(first: Pixels, second: Pixels): Uint8ClampedArray {
  const { width, height } = first;
  const mask = new Uint8ClampedArray(width * height * 4);
  pixelmatch(first.data, second.data, mask, width, height, { threshold: VISIBLE, diffMask: true, diffColor: MARK });
  return mask;
}

/** Longest side of a difference picture: a region that differs is found in it as well. */
const DRAWN_EDGE = 2_048;

/** Counts marked pixels over a whole picture and over the squares of a grid, stripe by stripe, and draws where they are. */
export class DifferenceCount {
  private readonly counts: Uint32Array;
  private readonly columns: number;
  private readonly edge: number;
  private readonly scale: number;
  /** RGBA, transparent where nothing differs. A pixel stands for up to `scale` squared, and is marked for any of them. */
  readonly drawn: { data: Uint8Array; width: number; height: number };

  constructor(
    private readonly width: number,
    private readonly height: number,
  ) {
    const longer = Math.max(width, height);
    this.edge = Math.max(16, Math.ceil(longer / 32));
    this.columns = Math.ceil(width / this.edge);
    this.counts = new Uint32Array(this.columns * Math.ceil(height / this.edge));
    this.scale = Math.ceil(longer / DRAWN_EDGE);
    const size = { width: Math.ceil(width / this.scale), height: Math.ceil(height / this.scale) };
    this.drawn = { ...size, data: new Uint8Array(size.width * size.height * 4) };
  }

  /** @param top row of the picture that the stripe's own rows begin at. @param firstRow row of the mask that they begin at. */
  add(mask: Uint8ClampedArray, top: number, rows: number, firstRow: number): void {
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < this.width; x++) {
        if (mask[((y + firstRow) * this.width + x) * 4 + 3] === 0) continue;
        this.counts[Math.floor((top + y) / this.edge) * this.columns + Math.floor(x / this.edge)]! += 1;
        const at = Math.floor((top + y) / this.scale) * this.drawn.width + Math.floor(x / this.scale);
        this.drawn.data.set([...MARK, 255], at * 4);
      }
  }

  /** Share of all pixels. */
  get share(): number {
    return this.counts.reduce((sum, count) => sum + count, 0) / (this.width * this.height);
  }

  /** Share of the pixels of the square that has most; squares cut off by the border count as whole ones. */
  get worstShare(): number {
    return this.counts.reduce((most, count) => Math.max(most, count), 0) / this.edge ** 2;
  }
}

/** Structural similarity of two opaque pictures: the mean, and that of the worst region of 16 × 16. */
export function similarity(first: Pixels, second: Pixels): { mean: number; worst: number } {
  const { mssim, ssim_map: map } = ssim(first, second, { downsample: false });
  let worst = 1;
  for (let top = 0; top < map.height; top += 16)
    for (let left = 0; left < map.width; left += 16) {
      let sum = 0;
      let count = 0;
      for (let y = top; y < Math.min(top + 16, map.height); y++)
        for (let x = left; x < Math.min(left + 16, map.width); x++, count++) sum += map.data[y * map.width + x]!;
      worst = Math.min(worst, sum / count);
    }
  return { mean: mssim, worst };
}

/** Largest difference of a channel between two small opaque pictures, 0 to 255. */
export function largestShift(first: Pixels, second: Pixels): number {
  let most = 0;
  for (let i = 0; i < first.data.length; i++)
    if (i % 4 !== 3) most = Math.max(most, Math.abs(first.data[i]! - second.data[i]!));
  return most;
}

/** Mean difference of the alpha channel, 0 to 1. */
export function alphaDifference(first: Pixels, second: Pixels, firstRow: number, rows: number): number {
  let sum = 0;
  const { width } = first;
  for (let i = firstRow * width; i < (firstRow + rows) * width; i++)
    sum += Math.abs(first.data[i * 4 + 3]! - second.data[i * 4 + 3]!);
  return sum / 255 / (rows * width);
}
