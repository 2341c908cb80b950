import { setImmediate } from 'node:timers/promises';
import { atLeast, atMost, equal, rounded } from './figures.js';
import { type OpenPicture, openPicture } from './picture.js';
import {
  alphaDifference,
  DifferenceCount,
  differenceMask,
  largestShift,
  OVERLAP_ROWS,
  SHOWN_EDGE,
  similarity,
} from './pictureMetrics.js';
import type { PictureLimits } from './policy.js';
import type { Figure, Findings } from './results.js';
import { percent, reasonsOf, type Sentences } from './sentences.js';
import type { ComparedFile, Tools } from './tools.js';

/** Pixels in memory at once, of each picture. */
const STRIPE_PIXELS = 8_000_000;
/** SSIM is of the picture as it is seen whole, not of its grain: of at most half its size, and this. */
const SSIM_EDGE = 512;
/** Regions whose mean colours are compared: so many along the longer side, each of some pixels, or grain would show. */
const REGIONS = 32;
const REGION_PIXELS = 6;

/** Two pictures: what they are (size, mode), how many pixels look different, structure, and the mean colours of regions. */
export async function comparePictures(
  legacy: ComparedFile,
  graph: ComparedFile,
  limits: PictureLimits,
  tools: Tools,
): Promise<Findings> {
  const [left, right] = await Promise.all([
    openPicture(legacy.path, legacy.mediaType, { ...tools, name: 'legacy' }),
    openPicture(graph.path, graph.mediaType, { ...tools, name: 'graph' }),
  ]);
  const modes = modeFigures(left, right);
  const isSameSize = left.mode.width === right.mode.width && left.mode.height === right.mode.height;
  if (!isSameSize) return { figures: modes, samples: [], reasons: reasonsOf(modes, PICTURE_SENTENCES) };
  const { figures, drawn } = await pixelFigures(left, right, limits, tools);
  const all = [...modes, ...figures];
  const differenceArtifactId = drawn && (await keepDifference(drawn, legacy.fileName, tools));
  const shown = async (file: ComparedFile, picture: OpenPicture, side: string) =>
    file.mediaType === 'image/x-exr' ? keepShown(picture, `${file.fileName}-${side}.png`, tools) : file.id;
  return {
    figures: all,
    samples: [
      {
        label: 'Picture',
        legacyArtifactId: await shown(legacy, left, 'legacy'),
        graphArtifactId: await shown(graph, right, 'workflow'),
        differenceArtifactId,
      },
    ],
    reasons: reasonsOf(all, PICTURE_SENTENCES),
  };
}

type Drawn = DifferenceCount['drawn'];

function modeFigures({ mode: left }: OpenPicture, { mode: right }: OpenPicture): Figure[] {
  const size = ({ width, height }: typeof left) => `${width} × ${height}`;
  return [
    equal({ key: 'size', label: 'Size', unit: 'px' }, size(left), size(right)),
    equal({ key: 'format', label: 'File format' }, left.format, right.format),
    equal({ key: 'bits', label: 'Bits a channel' }, left.bits, right.bits),
    equal({ key: 'channels', label: 'Channels' }, left.channels, right.channels),
    equal({ key: 'transparency', label: 'Transparency' }, ...yesNo(left.hasAlpha, right.hasAlpha)),
    equal({ key: 'colorSpace', label: 'Colour space' }, left.colorSpace, right.colorSpace),
  ];
}

const yesNo = (...sides: [boolean, boolean]) => sides.map((is) => (is ? 'yes' : 'no')) as [string, string];

/** What two pictures of one size show. Big ones are read in stripes; between them others get their turn. */
export async function pixelFigures(
  left: OpenPicture,
  right: OpenPicture,
  limits: PictureLimits,
  { signal }: Pick<Tools, 'signal'>,
): Promise<{ figures: Figure[]; drawn: Drawn | null }> {
  const { width, height } = left.mode;
  const count = new DifferenceCount(width, height);
  let alpha = 0;
  const stripeRows = Math.max(1, Math.floor(STRIPE_PIXELS / width));
  for (let top = 0; top < height; top += stripeRows) {
    signal.throwIfAborted();
    const rows = Math.min(stripeRows, height - top);
    const from = Math.max(0, top - OVERLAP_ROWS);
    const until = Math.min(height, top + rows + OVERLAP_ROWS);
    const pair = [await left.rows(from, until - from), await right.rows(from, until - from)] as const;
    const mask = differenceMask(...pair);
    count.add(mask, top, rows, top - from);
    alpha += (alphaDifference(...pair, top - from, rows) * rows) / height;
    await setImmediate();
  }
  const hasAlpha = left.mode.hasAlpha || right.mode.hasAlpha;
  // A cut-out is put on both: a white edge does not show on white.
  const grounds = hasAlpha ? (['#ffffff', '#000000'] as const) : (['#ffffff'] as const);
  const likeness = { mean: 1, worst: 1 };
  let shift = 0;
  const longer = Math.max(width, height);
  const edge = Math.min(SSIM_EDGE, Math.ceil(longer / 2));
  const regions = Math.min(REGIONS, Math.ceil(longer / REGION_PIXELS));
  for (const ground of grounds) {
    const { mean, worst } = similarity(await left.small(edge, ground), await right.small(edge, ground));
    likeness.mean = Math.min(likeness.mean, mean);
    likeness.worst = Math.min(likeness.worst, worst);
    shift = Math.max(shift, largestShift(await left.small(regions, ground), await right.small(regions, ground)));
    await setImmediate();
  }
  const figures = [
    atMost(
      { key: 'differentShare', label: 'Different pixels', unit: 'share' },
      rounded(count.share),
      limits.maxDifferentShare,
    ),
    atMost(
      { key: 'worstRegion', label: 'Different pixels in the worst region', unit: 'share' },
      rounded(count.worstShare),
      limits.maxRegionShare,
    ),
    atLeast({ key: 'ssim', label: 'Structural similarity' }, rounded(likeness.mean), limits.minSsim),
    atLeast(
      { key: 'worstSsim', label: 'Structural similarity of the worst region' },
      rounded(likeness.worst),
      limits.minRegionSsim,
    ),
    atMost({ key: 'colorShift', label: 'Colour shift of a region' }, shift, limits.maxColorShift),
    ...(hasAlpha
      ? [
          atMost(
            { key: 'alpha', label: 'Transparency, mean difference', unit: 'share' },
            rounded(alpha),
            limits.maxAlphaDifference,
          ),
        ]
      : []),
  ];
  return { figures, drawn: count.share > 0 ? count.drawn : null };
}

/** No browser shows an EXR. */
async function keepShown(picture: OpenPicture, name: string, tools: Pick<Tools, 'keep'>): Promise<string> {
  const { default: sharp } = await import('sharp');
  const { data, width, height } = await picture.small(SHOWN_EDGE, '#ffffff');
  const png = await sharp(data, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer();
  return tools.keep(png, name, { widthPx: width, heightPx: height });
}

/** Stores where two pictures differ, to be laid over either. */
export async function keepDifference(drawn: Drawn, name: string, tools: Pick<Tools, 'keep'>): Promise<string> {
  const { default: sharp } = await import('sharp');
  const { data, width, height } = drawn;
  const png = await sharp(data, { raw: { width, height, channels: 4 } })
    .png({ palette: true, colours: 4 })
    .toBuffer();
  return tools.keep(png, `${name.replace(/\.\w+$/, '')}-difference.png`, { widthPx: width, heightPx: height });
}

export const PICTURE_SENTENCES: Sentences = {
  size: ({ legacy, graph }) => `The legacy picture has ${legacy} pixels, that of the workflow ${graph}.`,
  format: ({ legacy, graph }) => `The legacy pipeline made a ${legacy} file, the workflow a ${graph} file.`,
  bits: ({ legacy, graph }) => `The legacy picture has ${legacy} bits a channel, that of the workflow ${graph}.`,
  channels: ({ legacy, graph }) => `The legacy picture has ${legacy} channels, that of the workflow ${graph}.`,
  transparency: ({ legacy }) =>
    `Only the ${legacy === 'yes' ? 'legacy picture' : 'picture of the workflow'} is transparent.`,
  colorSpace: ({ legacy, graph }) => `The colour spaces differ: ${legacy} and ${graph}.`,
  differentShare: ({ difference, limit }) =>
    `${percent(difference)} of the pixels look different; ${percent(limit)} are allowed.`,
  worstRegion: ({ difference }) => `A region of the picture is different: ${percent(difference)} of its pixels.`,
  ssim: ({ difference, limit }) =>
    `The pictures are built differently: a similarity of ${difference}, at least ${limit} is needed.`,
  worstSsim: ({ difference, limit }) =>
    `A region shows something else: a similarity of ${difference}, at least ${limit} is needed.`,
  colorShift: ({ difference, limit }) =>
    `A region has another colour: ${difference} of 255 steps apart, ${limit} are allowed.`,
  alpha: ({ difference }) => `The outline differs: the transparency is off by ${percent(difference)} on average.`,
};
