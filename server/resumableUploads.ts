import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { FileStore } from '@tus/file-store';
import { EVENTS, Server } from '@tus/server';
import type { Request, Response } from 'express';
import { type ArtifactStore, StoreError } from '../runtime/artifacts/store.js';
import { FILES_UNREACHABLE } from './filesUnreachable.js';
import { uploadIdFor } from './uploads.js';

export const RESUMABLE_PATH = '/api/uploads/resumable';
/** What is not finished by then is thrown away. */
const LIFETIME_MS = 24 * 3600 * 1000;
const SHA256 = /^[0-9a-f]{64}$/;

const refusal = (status_code: number, code: string, message: string) => ({
  status_code,
  body: JSON.stringify({ errors: [{ message, extensions: { code } }] }),
});

/** Uploads that may be broken off and gone on with, by the tus protocol (https://tus.io, version 1.0). An upload's address
 * ends in the sha-256 of its content, so that whoever has the file finds the upload again: HEAD tells how much is there.
 * The last PATCH answers `{ uploadId, byteSize }`, as `POST /api/uploads` does. The parts lie on this server. */
export function resumableUploads(store: ArtifactStore, home: string, key: string, limit: number) {
  const directory = path.join(home, 'uploads');
  const parts = new FileStore({ directory, expirationPeriodInMilliseconds: LIFETIME_MS });
  const tus = new Server({
    path: RESUMABLE_PATH,
    datastore: parts,
    maxSize: limit,
    relativeLocation: true,
    // Who may come from elsewhere was decided before (allowOrigins).
    allowedOrigins: [],
    namingFunction: (_request, metadata) => {
      const sha256 = metadata?.sha256 ?? '';
      if (SHA256.test(sha256)) return sha256;
      throw refusal(
        400,
        'BAD_CONTENT_HASH',
        'Say the sha-256 of the file, lower-case hex, as "sha256" in Upload-Metadata.',
      );
    },
    async onUploadCreate(_request, { id }) {
      await parts.deleteExpired();
      const begun = await parts.getUpload(id).catch(() => null);
      if (begun)
        throw refusal(409, 'UPLOAD_BEGUN', `This content is being uploaded: go on at ${RESUMABLE_PATH}/${id}.`);
      return {};
    },
    async onUploadFinish(_request, { id, metadata }) {
      const { sha256, byteSize } = await store.put(createReadStream(path.join(directory, id))).catch((error) => {
        // What has arrived stays: an empty PATCH at its end tries again.
        throw error instanceof StoreError
          ? refusal(503, FILES_UNREACHABLE.extensions.code, FILES_UNREACHABLE.message)
          : error;
      });
      if (sha256 !== id) {
        await parts.remove(id);
        throw refusal(460, 'CONTENT_HASH_MISMATCH', 'What arrived is not what was announced. Begin anew.');
      }
      const body = JSON.stringify({
        uploadId: uploadIdFor(key, sha256, metadata?.filename || 'upload.step'),
        byteSize,
      });
      return { status_code: 200, headers: { 'content-type': 'application/json' }, body };
    },
  });
  // Not before: the library looks at an upload once more before it answers who sent all of it while beginning it. What cannot be
  // removed expires.
  tus.on(EVENTS.POST_FINISH, (_request, _response, { id }) => void parts.remove(id).catch(() => {}));
  return async (request: Request, response: Response) => {
    await mkdir(directory, { recursive: true });
    request.url = request.originalUrl;
    await tus.handle(request, response);
  };
}
