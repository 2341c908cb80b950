import { type OpenPicture, openPicture } from './openPicture.js';
import type { CompareJob, PictureComparison, PixelDifference } from './pictureJobs.js';
import {
  alphaDifference,
  DifferenceCount,
  differenceMask,
  largestShift,
  OVERLAP_ROWS,
  similarity,
} from './pictureMetrics.js';

const { default: sharp } = await import('sharp');

/** Pixels in memory at once, of each picture. */
const STRIPE_PIXELS = 8_000_000;
/** SSIM is of the picture as it is seen whole, not of its grain: of at most half its size, and this. */
const SSIM_EDGE = 512;
/** Regions whose mean colours are compared: so many along the longer side, each of some pixels, or grain would show. */
const REGIONS = 32;
const REGION_PIXELS = 6;

/** Measures how far two pictures look alike, and draws where they do not. */
export async function compare({ first, second, drawTo }: CompareJob): Promise<PictureComparison> {
  const [left, right] = [await openPicture(first), await openPicture(second)];
  const modes: PictureComparison['modes'] = [left.mode, right.mode];
  if (left.mode.width !== right.mode.width || left.mode.height !== right.mode.height) return { modes, pixels: null };
  const count = await countDifferent(left, right);
  const { data, ...size } = count.drawn;
  if (count.share > 0)
    await sharp(data, { raw: { ...size, channels: 4 } })
      .png({ palette: true, colours: 4 })
      .toFile(drawTo);
  return {
    modes,
    pixels: {
      differentShare: count.share,
      worstShare: count.worstShare,
      alpha: count.alpha,
      ...(await likeness(left, right)),
      drawn: count.share > 0 ? size : null,
    },
  };
}

/** Large pictures are read in stripes. */
async function countDifferent(left: OpenPicture, right: OpenPicture) {
  const { width, height } = left.mode;
  const count = new DifferenceCount(width, height);
  let alpha = 0;
  const stripeRows = Math.max(1, Math.floor(STRIPE_PIXELS / width));
  for (let top = 0; top < height; top += stripeRows) {
    const rows = Math.min(stripeRows, height - top);
    const from = Math.max(0, top - OVERLAP_ROWS);
    const until = Math.min(height, top + rows + OVERLAP_ROWS);
    const pair = [await left.rows(from, until - from), await right.rows(from, until - from)] as const;
    count.add(differenceMask(...pair), top, rows, top - from);
    alpha += (alphaDifference(...pair, top - from, rows) * rows) / height;
  }
  const { share, worstShare, drawn } = count;
  return { share, worstShare, drawn, alpha: left.mode.hasAlpha || right.mode.hasAlpha ? alpha : null };
}

async function likeness(
  left: OpenPicture,
  right: OpenPicture,
): Promise<Pick<PixelDifference, 'similarity' | 'worstSimilarity' | 'colorShift'>> {
  const longer = Math.max(left.mode.width, left.mode.height);
  const edge = Math.min(SSIM_EDGE, Math.ceil(longer / 2));
  const regions = Math.min(REGIONS, Math.ceil(longer / REGION_PIXELS));
  const found = { similarity: 1, worstSimilarity: 1, colorShift: 0 };
  // A cut-out is put on both: a white edge does not show on white.
  const isCutOut = left.mode.hasAlpha || right.mode.hasAlpha;
  for (const ground of isCutOut ? (['#ffffff', '#000000'] as const) : (['#ffffff'] as const)) {
    const { mean, worst } = similarity(await left.small(edge, ground), await right.small(edge, ground));
    found.similarity = Math.min(found.similarity, mean);
    found.worstSimilarity = Math.min(found.worstSimilarity, worst);
    const shift = largestShift(await left.small(regions, ground), await right.small(regions, ground));
    found.colorShift = Math.max(found.colorShift, shift);
  }
  return found;
}
