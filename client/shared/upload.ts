import type { Problem } from './errors.js';

/** What `POST /api/uploads` refused, in its own words. */
class UploadRefused extends Error {}

function refusal(request: XMLHttpRequest): string {
  const answer = request.response as { errors?: { message?: string }[] } | null;
  return answer?.errors?.[0]?.message ?? `The server answered ${request.status}.`;
}

/** Streams a file to the server.
 * @returns the upload id for what takes it in.
 * @throws UploadRefused with a sentence for people. */
function sendFile(file: File, onProgress?: (share: number) => void, signal?: AbortSignal): Promise<string> {
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
      else reject(new UploadRefused(refusal(request)));
    };
    request.onerror = () => reject(new UploadRefused('The connection broke off during the upload. Try again.'));
    request.onabort = () => reject(new UploadRefused('The upload was cancelled.'));
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
