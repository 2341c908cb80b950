import os from 'node:os';
import type { OcctResult } from './occtReader.js';
import { occtThreads } from './occtThreads.js';
import type { Part21File } from './part21.js';
import { type Cutting, PartCutter } from './partCutter.js';
import type { ProductStructure } from './productStructure.js';
import type { Tessellation } from './tessellation.js';
import { withoutAssembly } from './withoutAssembly.js';

export interface PartReading {
  /** Files up to this size are read in one go: setting OpenCascade up for a second piece would cost more than it saves. */
  wholeBytes: number;
  /** Larger ones are cut into pieces of at most about this size, so that memory stays bounded and progress shows. */
  pieceBytes: number;
  /** Pieces that are read at once, each in a thread of its own. */
  lanes: number;
  /** Once this process has grown beyond it, threads are replaced before the next piece. */
  maxRssBytes: number;
}

const KiB = 1024;
const MiB = 1024 * KiB;
/** Pieces of a file that are read at once. */
export const LANES = Math.min(4, os.availableParallelism());
const DEFAULTS: PartReading = {
  wholeBytes: 24 * KiB,
  pieceBytes: MiB,
  lanes: LANES,
  maxRssBytes: 1024 * MiB,
};
const OUT_OF_MEMORY = /out of memory|Standard_OutOfMemory|bad_alloc/i;

/** Meshes every unique shape of a file once, each in its own coordinates, as many at once as there are processors.
 * What OpenCascade gives up on is tried again product by product; those that fail alone are left out, which shows in the model's warnings.
 * The result does not depend on how the file was cut.
 * @param onProgress - told how many of how many products are done.
 * @throws what OpenCascade gave up with, when no product could be read. */
export async function readParts(
  file: Part21File,
  structure: ProductStructure,
  tessellation: Tessellation,
  onProgress: (done: number, count: number) => void = () => {},
  options: Partial<PartReading> = {},
): Promise<OcctResult> {
  const { wholeBytes, pieceBytes, lanes, maxRssBytes } = { ...DEFAULTS, ...options };
  const bytes = withoutAssembly(file, structure);
  const shaped = [...structure.definitions.values()].filter((definition) => definition.ownShape === 'surfaces');
  let failure: unknown;
  const read = async (piece: Uint8Array): Promise<OcctResult> => {
    if (process.memoryUsage.rss() > maxRssBytes) await occtThreads.drop();
    return occtThreads.read(piece, tessellation);
  };
  if (bytes.length <= wholeBytes || shaped.length < 2) {
    try {
      const whole = await read(bytes);
      if (shaped.length < 2 || !isOutOfMemory(whole)) return whole;
    } catch (error) {
      if (shaped.length < 2) throw error;
      failure = error;
    }
  }

  const cutter = new PartCutter(bytes);
  const readPiece = async (piece: Cutting): Promise<OcctResult[]> => {
    const isAlone = piece.definitions.length === 1;
    try {
      const result = await read(piece.bytes);
      if (isAlone || !isOutOfMemory(result)) return [result];
    } catch (error) {
      failure = error;
      if (isAlone) return [];
    }
    const alone: OcctResult[] = [];
    for (const definition of piece.definitions) alone.push(...(await readPiece(cutter.cut(definition))));
    return alone;
  };
  let done = 0;
  onProgress(done, shaped.length);
  const results: OcctResult[][] = [];
  // Twice as many pieces as lanes, so that none waits long for the last one.
  const size = Math.min(pieceBytes, bytes.length / lanes / 2);
  const pieces = cutter.cuttings(shaped, size);
  const lane = async () => {
    for (let next = pieces.next(); !next.done; next = pieces.next()) {
      const at = results.push([]) - 1;
      results[at] = await readPiece(next.value);
      done += next.value.definitions.length;
      onProgress(done, shaped.length);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const all = results.flat();
  if (failure !== undefined && all.every(({ roots }) => roots.length === 0)) throw failure;
  return {
    success: all.some(({ success }) => success),
    roots: all.flatMap(({ roots }) => roots),
    log: all.flatMap(({ log }) => log.slice(0, 50)),
  };
}

const isOutOfMemory = (result: OcctResult) => result.log.some((line) => OUT_OF_MEMORY.test(line));
