import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ModuleError } from '../../modules/errors.js';
import { requireFfmpeg, runFfmpeg } from '../../modules/render/ffmpeg.js';
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
  if (mediaType === 'image/webp') return openWebp(file);
  if (mediaType === 'application/zip') return openZip(file);
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
async function openWebp(file: string): Promise<Film> {
  const { default: sharp } = await import('sharp');
  const { pages = 1, delay = [], width, pageHeight, height, hasAlpha } = await sharp(file, { pages: -1 }).metadata();
  const shortest = Math.min(...delay.filter((ms) => ms > 0)) || 1;
  // A shown frame stands for as many as it is long.
  const pageOf = delay.flatMap((ms, page) => Array<number>(Math.max(1, Math.round(ms / shortest))).fill(page));
  const frameCount = Math.max(pages, pageOf.length);
  const durationMs = delay.reduce((sum, ms) => sum + ms, 0);
  return {
    frameCount,
    width,
    height: pageHeight ?? height,
    fps: durationMs > 0 ? Math.round((frameCount / durationMs) * 1000) : null,
    codec: 'webp',
    hasAlpha: hasAlpha ?? false,
    async frames(numbers, dir) {
      await mkdir(dir, { recursive: true });
      return Promise.all(
        numbers.map(async (number, index) => {
          const output = path.join(dir, `${index + 1}.png`);
          await sharp(file, { page: pageOf[number] ?? number })
            .png({ compressionLevel: 1 })
            .toFile(output);
          return output;
        }),
      );
    },
  };
}

async function openZip(file: string): Promise<Film> {
  const { default: sharp } = await import('sharp');
  const { names, read } = await zippedFrames(file);
  const [first] = names;
  if (first === undefined) throw unreadable();
  const { width, height, hasAlpha = false } = await sharp(await read(first)).metadata();
  return {
    frameCount: names.length,
    width,
    height,
    fps: null,
    codec: 'png',
    hasAlpha,
    async frames(numbers, dir) {
      await mkdir(dir, { recursive: true });
      const files = numbers.map((number, index) => [names[number]!, path.join(dir, `${index + 1}.png`)] as const);
      for (const [name, output] of files) await writeFile(output, await read(name));
      return files.map(([, output]) => output);
    },
  };
}

const unreadable = () => new ModuleError('VIDEO_UNREADABLE', 'A film cannot be read: it has no pictures.');
