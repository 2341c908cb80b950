import { createWriteStream } from 'node:fs';
import { rename, symlink } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ModuleContext } from '../context.js';
import { ModuleError } from '../errors.js';
import { renderedPictures } from '../pictures/pictures.js';
import { requireFfmpeg, runFfmpeg } from './ffmpeg.js';
import type { Background } from './ground.js';

export type VideoFormat = 'mp4' | 'webm' | 'webp' | 'frames';

export const VIDEO_MEDIA_TYPES: Record<VideoFormat, string> = {
  mp4: 'video/mp4',
  webm: 'video/webm',
  webp: 'image/webp',
  frames: 'application/zip',
};
export const VIDEO_ENDINGS: Record<VideoFormat, string> = {
  mp4: '.mp4',
  webm: '.webm',
  webp: '.webp',
  frames: '.zip',
};

export interface Film {
  /** Local paths of PNGs of one size, in order; transparent where what is behind them is to be seen. */
  frames: readonly string[];
  width: number;
  height: number;
  /** Frames per second. */
  fps: number;
  format: VideoFormat;
  /** Laid behind the frames; null: nothing, so the film is transparent. */
  background: Background;
  /** 1..100; for all but single frames. */
  imageQuality: number;
}

const BEHIND = 'behind.png';
/** Encoders divide the picture among their threads, so their number is part of the result. */
const THREADS = 4;
const SRGB_AS_BT709 = 'scale=out_color_matrix=bt709:out_range=tv';
const BT709 = ['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'];
const EXACT = ['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:v', '+bitexact', '-threads', String(THREADS)];

/** Joins frames to one file in the workdir, and looks at the result before it is handed on. The same film gives the same bytes on one
 * installation.
 * @returns its path.
 * @throws {ModuleError} `FFMPEG_MISSING`, `VIDEO_SIZE_ODD`, `VIDEO_WRONG`, and what `runFfmpeg` throws. */
export async function joinFrames(
  ctx: Pick<ModuleContext, 'workdir' | 'signal' | 'progress'>,
  film: Film,
): Promise<string> {
  const finished = path.join(ctx.workdir, `film${VIDEO_ENDINGS[film.format]}`);
  const unfinished = path.join(ctx.workdir, `film.unfinished${VIDEO_ENDINGS[film.format]}`);
  if (film.format === 'frames') await zipFrames(await framesOnBackground(ctx, film), unfinished);
  else await encode(ctx, film, unfinished);
  ctx.signal.throwIfAborted();
  await rename(unfinished, finished);
  return finished;
}

async function encode(
  ctx: Pick<ModuleContext, 'workdir' | 'signal' | 'progress'>,
  film: Film,
  output: string,
): Promise<void> {
  const { frames, format, background, width, height } = film;
  if (format === 'mp4' && (width % 2 !== 0 || height % 2 !== 0))
    throw new ModuleError('VIDEO_SIZE_ODD', `MP4 needs an even width and height, not ${width} × ${height}.`, 'input', {
      path: '/resolution',
    });
  const { ffmpeg, ffprobe } = await requireFfmpeg();
  // ffmpeg reads numbered files; artifacts are named by their content.
  for (const [index, file] of frames.entries())
    await symlink(file, path.join(ctx.workdir, `join-${String(index).padStart(5, '0')}.png`));
  if (background !== null)
    await renderedPictures.paint({ background, width, height, to: path.join(ctx.workdir, BEHIND) }, ctx.signal);
  const onLine = (line: string) => {
    const frame = /^frame=\s*(\d+)/.exec(line);
    if (frame)
      ctx.progress(Math.min(1, Number(frame[1]) / frames.length), `Encoding frame ${frame[1]} of ${frames.length}`);
  };
  const args = [
    '-nostdin',
    '-hide_banner',
    '-loglevel',
    'error',
    '-progress',
    'pipe:1',
    '-y',
    ...encoding(film),
    output,
  ];
  await runFfmpeg(ffmpeg, args, { cwd: ctx.workdir, signal: ctx.signal, onLine });
  if (format === 'webp') await checkWebp(output, film, ctx.signal);
  else await checkVideo(ffprobe, output, film, ctx);
}

function encoding({ frames, fps, format, background, imageQuality }: Film): string[] {
  const isTransparent = background === null;
  const pixels = format === 'webp' ? 'bgra' : isTransparent ? 'yuva420p' : 'yuv420p';
  const toPixels = format === 'webp' ? `format=${pixels}` : `${SRGB_AS_BT709},format=${pixels}`;
  const input = ['-framerate', String(fps), '-i', 'join-%05d.png'];
  const filter = isTransparent
    ? ['-vf', toPixels]
    : [
        ...['-loop', '1', '-framerate', String(fps), '-i', BEHIND],
        ...['-filter_complex', `[1][0]overlay=shortest=1:format=rgb,${toPixels}`],
      ];
  return [...input, ...filter, '-frames:v', String(frames.length), ...codec(format, imageQuality), ...EXACT];
}

function codec(format: VideoFormat, quality: number): string[] {
  switch (format) {
    case 'mp4':
      return [
        ...['-c:v', 'libx264', '-preset', 'medium', '-crf', String(crf(quality, 40, 16))],
        ...BT709,
        '-movflags',
        '+faststart',
      ];
    case 'webm':
      return [
        ...['-c:v', 'libvpx-vp9', '-crf', String(crf(quality, 55, 22)), '-b:v', '0'],
        ...['-row-mt', '1', '-deadline', 'good', '-cpu-used', '2'],
        ...BT709,
      ];
    default:
      return ['-c:v', 'libwebp_anim', '-quality', String(quality), '-compression_level', '4', '-loop', '0'];
  }
}

/** Rate factors run the other way: 0 is the best. */
const crf = (quality: number, worst: number, best: number) => Math.round(worst + ((best - worst) * quality) / 100);

/** Every detail a player relies on. */
async function checkVideo(
  ffprobe: string,
  file: string,
  { frames, width, height, fps, format, background }: Film,
  { workdir, signal }: Pick<ModuleContext, 'workdir' | 'signal'>,
): Promise<void> {
  const args = ['-v', 'error', '-count_packets', '-select_streams', 'v', '-show_streams', '-of', 'json', file];
  const report = JSON.parse(await runFfmpeg(ffprobe, args, { cwd: workdir, signal })) as {
    streams?: {
      codec_name?: string;
      width?: number;
      height?: number;
      pix_fmt?: string;
      avg_frame_rate?: string;
      nb_read_packets?: string;
      tags?: { alpha_mode?: string; ALPHA_MODE?: string };
    }[];
  };
  const [stream] = report.streams ?? [];
  const [frameUnits = 0, perUnits = 1] = (stream?.avg_frame_rate ?? '').split('/').map(Number);
  const isTransparent = (stream?.tags?.alpha_mode ?? stream?.tags?.ALPHA_MODE) === '1';
  expectEqual('frames', Number(stream?.nb_read_packets), frames.length);
  expectEqual('size', `${stream?.width}×${stream?.height}`, `${width}×${height}`);
  // Containers keep times in fractions of their own; one frame has no rate.
  if (frames.length > 1 && Math.abs(frameUnits / perUnits - fps) > 0.02 * fps)
    throw wrong('frames per second', frameUnits / perUnits, fps);
  expectEqual('codec', stream?.codec_name, format === 'mp4' ? 'h264' : 'vp9');
  // VP9 carries alpha beside the picture.
  expectEqual('pixel format', stream?.pix_fmt, 'yuv420p');
  expectEqual('transparency', isTransparent, background === null && format === 'webm');
}

/** ffprobe knows nothing of animated WebP. */
async function checkWebp(file: string, { frames, width, height, fps }: Film, signal: AbortSignal): Promise<void> {
  const { pages, delaysMs, loop, ...size } = await renderedPictures.animation(file, signal);
  const durationMs = delaysMs.reduce((sum, ms) => sum + ms, 0);
  // Pictures that do not change are merged into one that is shown for longer.
  if (pages > frames.length) throw wrong('frames', pages, frames.length);
  expectEqual('size', `${size.width}×${size.height}`, `${width}×${height}`);
  if (pages > 1 && Math.abs(durationMs - (frames.length / fps) * 1000) > frames.length + 1000 / fps)
    throw wrong('duration in ms', durationMs, (frames.length / fps) * 1000);
  if (pages > 1) expectEqual('loop', loop, 0);
}

function expectEqual(what: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) throw wrong(what, actual, expected);
}

const wrong = (what: string, actual: unknown, expected: unknown) =>
  new ModuleError(
    'VIDEO_WRONG',
    `The encoded film is not as asked for: ${what} ${String(actual)} instead of ${String(expected)}.`,
    'crash',
  );

async function framesOnBackground(
  { workdir, signal, progress }: Pick<ModuleContext, 'workdir' | 'signal' | 'progress'>,
  { frames, background, width, height }: Film,
): Promise<readonly string[]> {
  if (background === null) return frames;
  const laid: string[] = [];
  for (const [index, file] of frames.entries()) {
    const on = path.join(workdir, `on-background-${index}.png`);
    await renderedPictures.compose(
      {
        ...{ product: file, shadow: null, background, width, height },
        ...{ format: 'png', imageQuality: 100, to: on },
      },
      signal,
    );
    laid.push(on);
    progress(laid.length / frames.length, `Finishing frame ${laid.length} of ${frames.length}`);
  }
  return laid;
}

/** The PNGs are compressed already; dates are fixed, so that the same frames give the same archive in any time zone. */
async function zipFrames(frames: readonly string[], output: string): Promise<void> {
  const { default: yazl } = await import('yazl');
  const zip = new yazl.ZipFile();
  for (const [index, file] of frames.entries())
    zip.addFile(file, `frame_${String(index + 1).padStart(4, '0')}.png`, {
      compress: false,
      mtime: new Date(1980, 0, 1),
      forceDosTimestamp: true,
      mode: 0o100644,
    });
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(output));
}
