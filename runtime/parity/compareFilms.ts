import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ModuleError } from '../../modules/errors.js';
import { keepDifference, measure, PICTURE_SENTENCES, pixelFigures } from './comparePictures.js';
import { atMost, equal } from './figures.js';
import { openFilm } from './film.js';
import type { FilmLimits } from './policy.js';
import type { Figure, Findings, Sample } from './results.js';
import { reasonsOf } from './sentences.js';
import type { ComparedFile, Tools } from './tools.js';

/** Share by which frame rates may be apart: containers keep times in fractions of their own. */
const FPS_SHARE = 0.02;

/** Two films: size, frames, speed, codec, and some of their frames as pictures; of each figure the worst frame counts. */
export async function compareFilms(
  legacy: ComparedFile,
  graph: ComparedFile,
  limits: FilmLimits,
  tools: Tools,
): Promise<Findings> {
  const left = await openFilm(legacy.path, legacy.mediaType, tools);
  const right = await openFilm(graph.path, graph.mediaType, tools);
  const facts = [
    equal(
      { key: 'size', label: 'Size', unit: 'px' },
      `${left.width} × ${left.height}`,
      `${right.width} × ${right.height}`,
    ),
    equal({ key: 'frames', label: 'Frames' }, left.frameCount, right.frameCount),
    fpsFigure(left.fps, right.fps),
    equal({ key: 'codec', label: 'Codec' }, left.codec, right.codec),
    equal({ key: 'transparency', label: 'Transparency' }, left.hasAlpha ? 'yes' : 'no', right.hasAlpha ? 'yes' : 'no'),
  ];
  const isComparable = left.width === right.width && left.height === right.height;
  const numbers = isComparable ? sampled(Math.min(left.frameCount, right.frameCount), limits.sampledFrames) : [];
  const leftFrames = numbers.length ? await left.frames(numbers, path.join(tools.workdir, 'legacy')) : [];
  const rightFrames = numbers.length ? await right.frames(numbers, path.join(tools.workdir, 'graph')) : [];

  const worst = new Map<string, Figure>();
  const samples: Sample[] = [];
  for (const [index, number] of numbers.entries()) {
    const files = [leftFrames[index]!, rightFrames[index]!] as const;
    const { pixels, difference } = await measure(...files, tools);
    if (!pixels) throw new ModuleError('VIDEO_UNREADABLE', 'A film cannot be read: its frames are not of one size.');
    for (const figure of pixelFigures(pixels, limits)) worst.set(figure.key, worseOf(worst.get(figure.key), figure));
    const name = (side: string) => `${legacy.fileName.replace(/\.\w+$/, '')}-${side}-frame-${number + 1}.png`;
    const metadata = { widthPx: left.width, heightPx: left.height, frame: number };
    samples.push({
      label: `Frame ${number + 1}`,
      legacyArtifactId: await tools.keep(await readFile(files[0]), name('legacy'), metadata),
      graphArtifactId: await tools.keep(await readFile(files[1]), name('workflow'), metadata),
      differenceArtifactId: difference && (await keepDifference(difference, name('frame'), tools)),
    });
  }
  const figures = [...facts, ...worst.values()];
  return {
    figures,
    samples,
    reasons: reasonsOf(figures, {
      ...PICTURE_SENTENCES,
      size: ({ legacy: l, graph: g }) => `The legacy film has ${l} pixels, that of the workflow ${g}.`,
      frames: ({ legacy: l, graph: g }) => `The legacy film has ${l} frames, that of the workflow ${g}.`,
      fps: ({ legacy: l, graph: g }) => `The legacy film has ${l} frames per second, that of the workflow ${g}.`,
      codec: ({ legacy: l, graph: g }) => `The legacy film is ${l}, that of the workflow ${g}.`,
      transparency: ({ legacy: l }) =>
        `Only the ${l === 'yes' ? 'legacy film' : 'film of the workflow'} is transparent.`,
    }),
  };
}

function fpsFigure(legacy: number | null, graph: number | null): Figure {
  const named = { key: 'fps', label: 'Frames per second' };
  if (legacy === null || graph === null) return equal(named, legacy, graph);
  const { verdict } = atMost(named, Math.abs(legacy - graph), FPS_SHARE * legacy);
  return { ...equal(named, legacy, graph), verdict };
}

/** Spread evenly over a turn, from the first: the last frame of a turn is next to it. */
function sampled(frameCount: number, count: number): number[] {
  const taken = Math.min(frameCount, count);
  return Array.from({ length: taken }, (_, i) => Math.floor((i * frameCount) / taken));
}

function worseOf(before: Figure | undefined, figure: Figure): Figure {
  if (!before) return figure;
  const isWorse = figure.isLeast ? figure.difference! < before.difference! : figure.difference! > before.difference!;
  return isWorse ? figure : before;
}
