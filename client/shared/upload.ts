import type { DetailedError } from 'tus-js-client';
import type { Problem } from './errors.js';
import { isResumable, sendInPieces } from './resumableUpload.js';

/** Why a file did not arrive, in a sentence for people. */
class UploadRefused extends Error {}

const CANCELLED = 'The upload was cancelled.';
const BROKE_OFF = 'The connection broke off during the upload. Try again.';

interface Answer {
  errors?: { message?: string }[];
}

const refusal = (answer: Answer | null, status: number): string =>
  answer?.errors?.[0]?.message ?? `The server answered ${status}.`;

/** Sends a file to the server: a large one in pieces, if the browser can.
 * @returns the upload id for what takes it in.
 * @throws UploadRefused */
async function sendFile(file: File, onProgress?: (share: number) => void, signal?: AbortSignal): Promise<string> {
  if (!isResumable(file)) return sendWhole(file, onProgress, signal);
  try {
    return await sendInPieces(file, onProgress, signal);
  } catch (error) {
    if (signal?.aborted) throw new UploadRefused(CANCELLED);
    const response = (error as DetailedError).originalResponse;
    throw new UploadRefused(response ? refusal(parsed(response.getBody()), response.getStatus()) : BROKE_OFF);
  }
}

function parsed(body: string): Answer | null {
  try {
    return JSON.parse(body) as Answer;
  } catch {
    // A proxy on the way answers in its own form.
    return null;
  }
}

function sendWhole(file: File, onProgress?: (share: number) => void, signal?: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    // fetch cannot tell how much of a body has been sent.
    const request = new XMLHttpRequest();
    request.open('POST', `/api/uploads?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.setRequestHeader('x-graphql-yoga-csrf', '1');
    request.responseType = 'json';
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress?.(event.loaded / event.total);
    };
    request.onload = () => {
      if (request.status === 201) resolve((request.response as { uploadId: string }).uploadId);
      else reject(new UploadRefused(refusal(request.response as Answer | null, request.status)));
    };
    request.onerror = () => reject(new UploadRefused(BROKE_OFF));
    request.onabort = () => reject(new UploadRefused(CANCELLED));
    signal?.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}

/** Sends a file, and has it taken in where it belongs.
 * @param takeIn - with the upload id, once all of it is there; says why the file was not taken.
 * @param onProgress hears the share that has gone out, 0..1.
 * @param signal ends the sending.
 * @returns why it is not there; null: it is. */
export async function uploadFile(
  file: File,
  takeIn: (uploadId: string) => Promise<Problem | null>,
  { onProgress, signal }: { onProgress?: (share: number) => void; signal?: AbortSignal } = {},
): Promise<Problem | null> {
  try {
    return await takeIn(await sendFile(file, onProgress, signal));
  } catch (error) {
    if (!(error instanceof UploadRefused)) throw error;
    return { code: 'UPLOAD_REFUSED', message: error.message, issues: [] };
  }
}
