import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { NotFoundError, ValidationError } from '../runtime/errors.js';
import type { ReceivedFile } from '../runtime/library/receivedFile.js';
import type { Context } from './context.js';

/** How a mutation's input brings in a file: exactly one of the two. */
export interface FileInput {
  file?: File | null;
  uploadId?: string | null;
}

export const FILE_DESCRIPTION = 'The file itself, as GraphQL multipart, up to 25 MB.';
export const UPLOAD_ID_DESCRIPTION = 'What `POST /api/uploads` answered with; for files of any size.';

/** What an input says, to be compared with the same request sent before: a file counts by its content. */
export async function comparable<T extends FileInput>({ file, ...rest }: T) {
  return { ...rest, file: file ? { name: file.name, sha256: await sha256Of(file) } : null };
}

async function sha256Of(file: File): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of file.stream()) hash.update(chunk);
  return hash.digest('hex');
}

/** Opens the file of an input and hands it to `use`. */
export async function withUploadedFile<T>(
  input: FileInput,
  ctx: Pick<Context, 'openUpload'>,
  use: (file: ReceivedFile) => Promise<T>,
): Promise<T> {
  const file = await uploaded(input, ctx);
  try {
    return await use(file);
  } finally {
    // A refused file is not read to its end, so it must be closed by hand.
    file.content.destroy();
  }
}

async function uploaded({ file, uploadId }: FileInput, ctx: Pick<Context, 'openUpload'>): Promise<ReceivedFile> {
  if (Boolean(file) === Boolean(uploadId))
    throw new ValidationError('Send either a file or an uploadId.', [
      { path: '', message: 'Exactly one of "file" and "uploadId" is needed.' },
    ]);
  if (file) return { name: file.name, content: Readable.from(file.stream() as ReadableStream<Uint8Array>) };
  const upload = await ctx.openUpload(uploadId!);
  if (!upload) throw new NotFoundError('upload', uploadId!.slice(0, 100));
  return upload;
}
