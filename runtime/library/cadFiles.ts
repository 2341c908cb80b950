import { type Readable, Transform } from 'node:stream';
import { v7 as uuidv7 } from 'uuid';
import type { Prisma } from '../../generated/prisma/client.js';
import type { Platform } from '../platform.js';
import { cleanName, fileError, type ReceivedFile } from './receivedFile.js';

export type CadFileWithArtifact = Prisma.CadFileGetPayload<{ include: { artifact: true } }>;

/** First bytes of every STEP file (ISO 10303-21, 6.2): the magic line, perhaps after blanks and a byte order mark. */
const MAGIC = /^\uFEFF?\s*ISO-10303-21\s*;/;
const HEAD_BYTES = 1_024;
/** Largest upload, bytes. What fits still has to pass `cad.resolve_step_path`. */
const MAX_CAD_FILE_BYTES = 512 * 1024 * 1024;

/** Takes a STEP file into the library. Streams: a big file is never in memory, and nothing is kept of a refused one.
 * Of the name only the last path segment counts.
 * @throws ValidationError `FILE_EMPTY`, `FILE_NOT_STEP` or `FILE_TOO_LARGE`. */
export async function importCadFile(
  platform: Pick<Platform, 'db' | 'store'>,
  { name, content }: ReceivedFile,
): Promise<CadFileWithArtifact> {
  const fileName = cleanName(name) || 'unnamed.step';
  const stored = await platform.store.put(pipeChecked(content, fileName));
  return registerCadFile(platform, { fileName, ...stored });
}

/** Makes a library entry of bytes that are in the store already. */
async function registerCadFile(
  platform: Pick<Platform, 'db'>,
  file: { fileName: string; sha256: string; byteSize: number },
): Promise<CadFileWithArtifact> {
  const { fileName, sha256, byteSize } = file;
  return platform.db.cadFile.create({
    data: {
      name: fileName,
      artifact: {
        create: {
          id: uuidv7(),
          role: 'step_source',
          mediaType: 'model/step',
          sha256,
          byteSize,
          fileName,
          metadata: {},
        },
      },
    },
    include: { artifact: true },
  });
}

/** Passes the content on while it looks like STEP; fails the stream with a ValidationError as soon as it does not. */
function pipeChecked(content: Readable, fileName: string): Readable {
  let head = Buffer.alloc(0);
  let isChecked = false;
  let byteSize = 0;
  const check = () => {
    if (byteSize === 0) throw fileError('FILE_EMPTY', `"${fileName}" is empty.`);
    if (!MAGIC.test(head.toString('latin1').replace(/^\xEF\xBB\xBF/, '')))
      throw fileError(
        'FILE_NOT_STEP',
        `"${fileName}" is not a STEP file: it does not begin with "ISO-10303-21;". Export it as STEP (AP203, AP214 or AP242).`,
      );
    isChecked = true;
  };
  const checker = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        byteSize += chunk.length;
        if (byteSize > MAX_CAD_FILE_BYTES)
          throw fileError('FILE_TOO_LARGE', `"${fileName}" is larger than ${MAX_CAD_FILE_BYTES / 1024 / 1024} MB.`);
        if (!isChecked) {
          head = Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES);
          if (head.length >= HEAD_BYTES) check();
        }
        done(null, chunk);
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done) {
      try {
        if (!isChecked) check();
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
  content.on('error', (error) => checker.destroy(error));
  return content.pipe(checker);
}
