import { createHash } from 'node:crypto';
import { ContentError } from './store.js';

/** Passes content on and fails at its end where it is not what its address says; the last piece is held back until that is known. */
export async function* verified(content: AsyncIterable<Buffer>, sha256: string): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let last: Buffer | null = null;
  for await (const chunk of content) {
    if (last) yield last;
    hash.update(chunk);
    last = chunk;
  }
  if (hash.digest('hex') !== sha256) throw new ContentError('ARTIFACT_CORRUPT', sha256);
  if (last) yield last;
}
