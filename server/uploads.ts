import { Transform } from 'node:stream';
import type { Request, Response } from 'express';
import type { ArtifactStore } from '../runtime/artifacts/store.js';
import type { Context } from '../schema/context.js';
import { isSame, sign } from './secrets.js';

const PURPOSE = 'upload';
const LIFETIME_MS = 24 * 3600 * 1000;
/** Largest upload where nothing else is set. */
export const MAX_UPLOAD_BYTES = 512 * 1024 * 1024;

class TooLarge extends Error {}

/** A stream that fails once more than `limit` bytes have gone through. */
function atMost(limit: number): Transform {
  let byteSize = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      byteSize += chunk.length;
      if (byteSize > limit) done(new TooLarge());
      else done(null, chunk);
    },
  });
}

/** The id says, signed, which content is meant: no table of pending uploads to look after. */
export function uploadIdFor(key: string, sha256: string, name: string): string {
  const text = Buffer.from(JSON.stringify({ sha256, name, expires: Date.now() + LIFETIME_MS })).toString('base64url');
  return `${text}.${sign(key, PURPOSE, text)}`;
}

/** The content behind an upload id, or null where the id is forged or too old, or the content gone. */
export function uploadOpener(store: ArtifactStore, key: string): Context['openUpload'] {
  return async (uploadId) => {
    const [text = '', signature = ''] = uploadId.split('.', 2);
    if (!isSame(signature, sign(key, PURPOSE, text))) return null;
    const { sha256, name, expires } = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (expires < Date.now() || (await store.byteSize(sha256)) === null) return null;
    return { name, content: await store.open(sha256) };
  };
}

/** `POST /api/uploads?name=bearing.step`: the body is the file. Answers `{ uploadId }` for `uploadCadFile`. */
export function receiveUpload(store: ArtifactStore, key: string, limit: number) {
  const tooLarge = (response: Response) =>
    response
      .status(413)
      .set('Connection', 'close')
      .json({
        errors: [
          {
            message: `A file has at most ${Math.floor(limit / (1024 * 1024))} MB.`,
            extensions: { code: 'UPLOAD_TOO_LARGE' },
          },
        ],
      });
  return async (request: Request, response: Response) => {
    if (Number(request.headers['content-length'] ?? 0) > limit) return void tooLarge(response);
    const name = typeof request.query.name === 'string' ? request.query.name.slice(0, 200) : '';
    const counted = atMost(limit);
    // A client that hangs up in the middle must not leave the store waiting for the rest.
    request.on('error', (error) => counted.destroy(error));
    request.on('aborted', () => counted.destroy(new Error('the upload was broken off')));
    try {
      const { sha256, byteSize } = await store.put(request.pipe(counted));
      response.status(201).json({ uploadId: uploadIdFor(key, sha256, name || 'upload.step'), byteSize });
    } catch (error) {
      if (request.destroyed && !request.complete) return;
      if (!(error instanceof TooLarge)) throw error;
      request.unpipe(counted);
      tooLarge(response);
    }
  };
}
