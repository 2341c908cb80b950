import type { Viewpoint } from '../shapes/viewpoint.js';
import type { Device } from './params.js';

/** A line of a job script: `HM {json}`. See python/protocol.py. */
export type JobEvent =
  /** The job is at `fraction` (0..1) of its whole; what Blender renders next ends at `until`. */
  | { event: 'progress'; fraction: number; until?: number; message?: string }
  | { event: 'log'; level: 'debug' | 'info' | 'warn'; message: string }
  /** A picture is finished, while the job goes on. */
  | { event: 'file'; path: string; device: Device; camera: Viewpoint }
  /** From now on Cycles renders on a graphics card. */
  | { event: 'gpu'; names: string[] }
  | { event: 'fail'; code: string; message: string }
  | { event: 'done'; [fact: string]: unknown };

export type FinishedFile = Extract<JobEvent, { event: 'file' }>;

export const isJobLine = (line: string): boolean => line.startsWith('HM {');

/** Reads one line of a job script; null for any other line. */
export function jobEvent(line: string): JobEvent | null {
  if (!isJobLine(line)) return null;
  try {
    return JSON.parse(line.slice(3)) as JobEvent;
  } catch {
    // Cut off by a kill: ordinary log text.
    return null;
  }
}

/** How much of the current picture a line of Blender says is rendered, 0..1; null for other lines.
 * Cycles: `Fra:1 Mem:… | Rendered 3/9 Tiles, Sample 16/64`; Eevee: `Rendering 3 / 64 samples`. */
export function renderedFraction(line: string): number | null {
  const sample = ratio(/\bSample (\d+)\/(\d+)/.exec(line) ?? /\bRendering +(\d+) \/ (\d+) samples/.exec(line));
  const tiles = /\bRendered (\d+)\/(\d+) Tiles/.exec(line);
  if (!tiles) return sample;
  return Math.min(1, (Number(tiles[1]) + (sample ?? 0)) / Number(tiles[2]));
}

/** Follows the output of a job and says how far it is. Never goes back. */
export class JobProgress {
  private from = 0;
  private until = 1;
  private best = 0;
  private message = 'Starting Blender';

  /** Takes a line; returns the new state when it moved on. */
  take(line: string): { fraction: number; message: string } | null {
    const event = jobEvent(line);
    let fraction: number;
    if (event?.event === 'progress') {
      this.from = event.fraction;
      this.until = event.until ?? event.fraction;
      this.message = event.message ?? this.message;
      fraction = event.fraction;
    } else {
      const rendered = event ? null : renderedFraction(line);
      if (rendered === null) return null;
      fraction = this.from + rendered * (this.until - this.from);
    }
    if (fraction <= this.best) return null;
    this.best = Math.min(1, fraction);
    return { fraction: this.best, message: this.message };
  }
}

function ratio(match: RegExpExecArray | null): number | null {
  return match && Number(match[2]) > 0 ? Math.min(1, Number(match[1]) / Number(match[2])) : null;
}
