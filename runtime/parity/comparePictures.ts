import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PictureComparison, PictureMode, PixelDifference } from '../../modules/pictures/pictureJobs.js';
import { requireFfmpeg, runFfmpeg } from '../../modules/render/ffmpeg.js';
import { comparedPictures } from './comparedPictures.js';
import { atLeast, atMost, equal, rounded } from './figures.js';
import type { PictureLimits } from './policy.js';
import type { Figure, Findings } from './results.js';
import { percent, reasonsOf, type Sentences } from './sentences.js';
import type { ComparedFile, Tools } from './tools.js';

/** Longest side of what is shown of an EXR. */
const SHOWN_EDGE = 2_048;

const isExr = ({ mediaType }: ComparedFile) => mediaType === 'image/x-exr';

/** Two pictures: what they are (size, mode), how many pixels look different, structure, and the mean colours of regions.
 * @throws {ModuleError} `PICTURE_…`; what ffmpeg fails with. */
export async function comparePictures(
  legacy: ComparedFile,
  graph: ComparedFile,
  limits: PictureLimits,
  tools: Tools,
): Promise<Findings> {
  const [left, right] = [await decodable(legacy, 'legacy', tools), await decodable(graph, 'workflow', tools)];
  const { modes, pixels, difference } = await measure(left, right, tools);
  const figures = [
    ...modeFigures(modeOf(modes[0], isExr(legacy)), modeOf(modes[1], isExr(graph))),
    ...(pixels ? pixelFigures(pixels, limits) : []),
  ];
  const reasons = reasonsOf(figures, PICTURE_SENTENCES);
  if (!pixels) return { figures, samples: [], reasons };
  const differenceArtifactId = difference && (await keepDifference(difference, legacy.fileName, tools));
  const shown = (file: ComparedFile, picture: string, side: string) =>
    isExr(file) ? keepShown(picture, `${file.fileName}-${side}.png`, tools) : file.id;
  return {
    figures,
    samples: [
      {
        label: 'Picture',
        legacyArtifactId: await shown(legacy, left, 'legacy'),
        graphArtifactId: await shown(graph, right, 'workflow'),
        differenceArtifactId,
      },
    ],
    reasons,
  };
}

/** A picture of what differs, as a file. */
interface Difference {
  file: string;
  width: number;
  height: number;
}

/** Compares two pictures by their pixels.
 * @throws {ModuleError} `PICTURE_…` */
export async function measure(
  legacy: string,
  graph: string,
  { workdir, signal }: Pick<Tools, 'workdir' | 'signal'>,
): Promise<PictureComparison & { difference: Difference | null }> {
  const drawTo = path.join(workdir, 'difference.png');
  const found = await comparedPictures.compare({ first: legacy, second: graph, drawTo }, signal);
  return { ...found, difference: found.pixels?.drawn ? { file: drawTo, ...found.pixels.drawn } : null };
}

/** The file; of an EXR, its linear light as 16 bit sRGB: it is looked at as a monitor would show it, highlights cut at white. */
async function decodable(file: ComparedFile, side: string, { workdir, signal }: Tools): Promise<string> {
  if (!isExr(file)) return file.path;
  const developed = path.join(workdir, `${side}.png`);
  const { ffmpeg } = await requireFfmpeg();
  const args = ['-nostdin', '-v', 'error', '-y', '-apply_trc', 'iec61966_2_1', '-f', 'exr_pipe', '-i', file.path];
  await runFfmpeg(ffmpeg, [...args, '-pix_fmt', 'rgba64be', developed], { cwd: workdir, signal });
  return developed;
}

const modeOf = (mode: PictureMode, isOfExr: boolean): PictureMode =>
  isOfExr ? { ...mode, format: 'exr', bits: 32, colorSpace: 'linear' } : mode;

function modeFigures(left: PictureMode, right: PictureMode): Figure[] {
  const size = ({ width, height }: PictureMode) => `${width} × ${height}`;
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

/** What two pictures of one size show. */
export function pixelFigures(found: PixelDifference, limits: PictureLimits): Figure[] {
  const figures = [
    atMost(
      { key: 'differentShare', label: 'Different pixels', unit: 'share' },
      rounded(found.differentShare),
      limits.maxDifferentShare,
    ),
    atMost(
      { key: 'worstRegion', label: 'Different pixels in the worst region', unit: 'share' },
      rounded(found.worstShare),
      limits.maxRegionShare,
    ),
    atLeast({ key: 'ssim', label: 'Structural similarity' }, rounded(found.similarity), limits.minSsim),
    atLeast(
      { key: 'worstSsim', label: 'Structural similarity of the worst region' },
      rounded(found.worstSimilarity),
      limits.minRegionSsim,
    ),
    atMost({ key: 'colorShift', label: 'Colour shift of a region' }, found.colorShift, limits.maxColorShift),
  ];
  if (found.alpha === null) return figures;
  const named = { key: 'alpha', label: 'Transparency, mean difference', unit: 'share' };
  return [...figures, atMost(named, rounded(found.alpha), limits.maxAlphaDifference)];
}

/** No browser shows an EXR. */
async function keepShown(picture: string, name: string, { workdir, signal, keep }: Tools): Promise<string> {
  const to = path.join(workdir, 'shown.png');
  const job = { from: picture, to, maxSidePx: SHOWN_EDGE, format: 'png' } as const;
  const { width, height } = await comparedPictures.shrink(job, signal);
  return keep(await readFile(to), name, { widthPx: width, heightPx: height });
}

/** Stores where two pictures differ, to be laid over either. */
export async function keepDifference(
  { file, width, height }: Difference,
  name: string,
  { keep }: Pick<Tools, 'keep'>,
): Promise<string> {
  const fileName = `${name.replace(/\.\w+$/, '')}-difference.png`;
  return keep(await readFile(file), fileName, { widthPx: width, heightPx: height });
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
