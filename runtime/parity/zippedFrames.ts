import { buffer } from 'node:stream/consumers';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { ModuleError } from '../../modules/errors.js';

/** A picture larger than this is none of ours, and an entry that claims to be is not read. */
const LIMIT_BYTES = 512 * 1024 * 1024;

/** The pictures of a ZIP in the order of their names.
 * @throws {ModuleError} `VIDEO_UNREADABLE`. */
export async function zippedFrames(
  file: string,
): Promise<{ names: string[]; read: (name: string) => Promise<Buffer> }> {
  const entries = await withZip(file, async (zip) => {
    const found = new Map<string, Entry>();
    for await (const entry of zip.eachEntry()) found.set(entry.fileName, entry);
    return found;
  });
  return {
    names: [...entries.keys()].filter((name) => /\.png$/i.test(name)).sort(),
    read: (name) =>
      withZip(file, async (zip) => {
        const entry = entries.get(name)!;
        if (entry.uncompressedSize > LIMIT_BYTES) throw unreadable(`"${name}" is too large`);
        return buffer(await zip.openReadStreamPromise(entry));
      }),
  };
}

async function withZip<T>(file: string, use: (zip: ZipFile) => Promise<T>): Promise<T> {
  const zip = await openPromise(file, { lazyEntries: true, autoClose: false }).catch((error: Error) => {
    throw unreadable(error.message);
  });
  try {
    return await use(zip);
  } finally {
    zip.close();
  }
}

const unreadable = (why: string) => new ModuleError('VIDEO_UNREADABLE', `A ZIP of frames cannot be read: ${why}.`);
