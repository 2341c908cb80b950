import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ModuleError } from '../../modules/errors.js';
import { requireFfmpeg, runFfmpeg } from '../../modules/render/ffmpeg.js';
import { comparedPictures } from './comparedPictures.js';
import { zippedFrames } from './zippedFrames.js';

/** A film of any of the formats a turntable comes in. */
export interface Film {
  frameCount: number;
  width: number;
  height: number;
  /** Null: single frames have none. */
  fps: number | null;
  codec: string;
  hasAlpha: boolean;
  /** Writes frames, counted from 0, as PNGs. */
  frames(numbers: readonly number[], dir: string): Promise<string[]>;
}

type Where = { workdir: string; signal: AbortSignal };

/** @throws {ModuleError} `VIDEO_UNREADABLE`, `FFMPEG_MISSING`, and what ffmpeg fails with. */
export async function openFilm(file: string, mediaType: string, where: Where): Promise<Film> {
  if (mediaType === 'image/webp') return openWebp(file, where);
  if (mediaType === 'application/zip') return openZip(file, where);
  return openVideo(file, where);
}

async function openVideo(file: string, { workdir, signal }: Where): Promise<Film> {
  const { ffmpeg, ffprobe } = await requireFfmpeg();
  const args = ['-v', 'error', '-count_packets', '-select_streams', 'v', '-show_streams', '-of', 'json', file];
  const { streams = [] } = JSON.parse(await runFfmpeg(ffprobe, args, { cwd: workdir, signal })) as {
    streams?: {
      codec_name: string;
      width: number;
      height: number;
      avg_frame_rate: string;
      nb_read_packets: string;
      tags?: Record<string, string>;
    }[];
  };
  const [stream] = streams;
  if (!stream) throw unreadable();
  const [units = 0, per = 1] = stream.avg_frame_rate.split('/').map(Number);
  const hasAlpha = (stream.tags?.alpha_mode ?? stream.tags?.ALPHA_MODE) === '1';
  return {
    frameCount: Number(stream.nb_read_packets),
    width: stream.width,
    height: stream.height,
    fps: Math.round((units / per) * 1000) / 1000,
    codec: stream.codec_name,
    hasAlpha,
    async frames(numbers, dir) {
      await mkdir(dir, { recursive: true });
      const select = numbers.map((number) => `eq(n\\,${number})`).join('+');
      // Only this decoder reads the alpha that VP9 carries beside the picture.
      const decoder = hasAlpha ? ['-c:v', 'libvpx-vp9'] : [];
      const input = ['-nostdin', '-v', 'error', '-y', ...decoder, '-i', file];
      const output = ['-vf', `select=${select}`, '-vsync', '0', '-pix_fmt', hasAlpha ? 'rgba' : 'rgb24', '%d.png'];
      await runFfmpeg(ffmpeg, [...input, ...output], { cwd: dir, signal });
      return numbers.map((_number, index) => path.join(dir, `${index + 1}.png`));
    },
  };
}

/** Animated WebP: frames that do not change are merged into one that is shown for longer, so times say which is which. */
async function openWebp(file: string, { signal }: Where): Promise<Film> {
  const { pages, delaysMs, width, height, hasAlpha } = await comparedPictures.animation(file, signal);
  const shortest = Math.min(...delaysMs.filter((ms) => ms > 0)) || 1;
  // A shown frame stands for as many as it is long.
  const pageOf = delaysMs.flatMap((ms, page) => Array<number>(Math.max(1, Math.round(ms / shortest))).fill(page));
  const frameCount = Math.max(pages, pageOf.length);
  const durationMs = delaysMs.reduce((sum, ms) => sum + ms, 0);
  return {
    ...{ frameCount, width, height, hasAlpha, codec: 'webp' },
    fps: durationMs > 0 ? Math.round((frameCount / durationMs) * 1000) : null,
    frames: (numbers, dir) =>
      eachFrame(numbers, dir, (number, to) =>
        comparedPictures.frame({ from: file, page: pageOf[number] ?? number, to }, signal),
      ),
  };
}

async function openZip(file: string, { workdir, signal }: Where): Promise<Film> {
  const { names, read } = await zippedFrames(file);
  const [first] = names;
  if (first === undefined) throw unreadable();
  const shown = path.join(workdir, 'first.png');
  await writeFile(shown, await read(first));
  const header = await comparedPictures.header(shown, signal);
  if ('unreadable' in header) throw unreadable();
  return {
    ...{ frameCount: names.length, width: header.widthPx, height: header.heightPx, hasAlpha: header.hasAlpha },
    ...{ fps: null, codec: 'png' },
    frames: (numbers, dir) => eachFrame(numbers, dir, async (number, to) => writeFile(to, await read(names[number]!))),
  };
}

/** Has each frame written to a file of its own. */
async function eachFrame(
  numbers: readonly number[],
  dir: string,
  write: (number: number, to: string) => Promise<void>,
): Promise<string[]> {
  await mkdir(dir, { recursive: true });
  const files: string[] = [];
  for (const [index, number] of numbers.entries()) {
    files.push(path.join(dir, `${index + 1}.png`));
    await write(number, files.at(-1)!);
  }
  return files;
}

const unreadable = () => new ModuleError('VIDEO_UNREADABLE', 'A film cannot be read: it has no pictures.');
