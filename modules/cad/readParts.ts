import { dropOcct, type OcctResult, readStep } from './occtReader.js';
import type { Part21File } from './part21.js';
import { type Cutting, PartCutter } from './partCutter.js';
import type { ProductStructure } from './productStructure.js';
import type { Tessellation } from './tessellation.js';
import { withoutAssembly } from './withoutAssembly.js';

export interface PartReading {
  /** Files up to this size are read in one go. */
  wholeBytes: number;
  /** Larger ones are cut into pieces of about this size, so that memory stays bounded and progress shows. */
  pieceBytes: number;
  /** A reader that has grown beyond this is replaced before the next piece. */
  maxRssBytes: number;
}

const MiB = 1024 * 1024;
const DEFAULTS: PartReading = { wholeBytes: 4 * MiB, pieceBytes: 2 * MiB, maxRssBytes: 1024 * MiB };
const OUT_OF_MEMORY = /out of memory|Standard_OutOfMemory|bad_alloc/i;

/** Meshes every unique shape of a file once, each in its own coordinates.
 * What OpenCascade gives up on is tried again product by product; those that fail alone are left out, which shows in the model's warnings.
 * @param onProgress - told how many of how many products are done.
 * @throws what OpenCascade gave up with, when no product could be read. */
export async function readParts(
  file: Part21File,
  structure: ProductStructure,
  tessellation: Tessellation,
  onProgress: (done: number, count: number) => void = () => {},
  options: Partial<PartReading> = {},
): Promise<OcctResult> {
  const { wholeBytes, pieceBytes, maxRssBytes } = { ...DEFAULTS, ...options };
  const bytes = withoutAssembly(file, structure);
  const shaped = [...structure.definitions.values()].filter((definition) => definition.ownShape === 'surfaces');
  let failure: unknown;
  if (bytes.length <= wholeBytes || shaped.length < 2) {
    try {
      const whole = await readStep(bytes, tessellation);
      if (shaped.length < 2 || !isOutOfMemory(whole)) return whole;
    } catch (error) {
      if (shaped.length < 2) throw error;
      failure = error;
    }
  }

  const cutter = new PartCutter(bytes);
  const read: OcctResult = { success: false, roots: [], log: [] };
  const readPiece = async (piece: Cutting): Promise<void> => {
    if (process.memoryUsage.rss() > maxRssBytes) dropOcct();
    const isAlone = piece.definitions.length === 1;
    try {
      const result = await readStep(piece.bytes, tessellation);
      if (isAlone || !isOutOfMemory(result)) {
        read.success ||= result.success;
        read.roots.push(...result.roots);
        read.log.push(...result.log.slice(0, 50));
        return;
      }
      dropOcct();
    } catch (error) {
      failure = error;
      if (isAlone) return;
    }
    for (const definition of piece.definitions) await readPiece(cutter.cut(definition));
  };
  let done = 0;
  for (const piece of cutter.cuttings(shaped, pieceBytes)) {
    onProgress(done, shaped.length);
    // Progress leaves this process only while nothing is being read.
    await new Promise((resolve) => setImmediate(resolve));
    await readPiece(piece);
    done += piece.definitions.length;
  }
  if (read.roots.length === 0 && failure !== undefined) throw failure;
  return read;
}

const isOutOfMemory = (result: OcctResult) => result.log.some((line) => OUT_OF_MEMORY.test(line));
