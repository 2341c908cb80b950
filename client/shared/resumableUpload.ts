/** The longest piece sent in one go, in bytes: what a broken connection costs at most. */
const PIECE = 8 * 1024 * 1024;
/** Before each try to go on, in milliseconds; from the first again once something more has arrived. */
const PAUSES_MS = [0, 1_000, 3_000, 5_000, 10_000, 10_000, 20_000, 30_000];
const ADDRESS = '/api/uploads/resumable';

/** Whether a file is worth it, and the browser can: it makes hashes only for pages that came over TLS or from this machine. */
export const isResumable = (file: File): boolean => file.size > PIECE && crypto.subtle !== undefined;

/** Sends a file in pieces, and goes on where it was when the connection breaks off, or when the same file is sent another time.
 * @returns the upload id.
 * @throws DetailedError of the library: with what the server answered, or without an answer where the connection did not come back. */
export async function sendInPieces(
  file: File,
  onProgress?: (share: number) => void,
  signal?: AbortSignal,
): Promise<string> {
  const [{ Upload }, sha256] = await Promise.all([import('tus-js-client'), hashOf(file)]);
  return new Promise((resolve, reject) => {
    const upload = new Upload(file, {
      endpoint: ADDRESS,
      // What was sent of this content before lies there.
      uploadUrl: `${ADDRESS}/${sha256}`,
      metadata: { sha256, filename: file.name },
      headers: { 'x-graphql-yoga-csrf': '1' },
      chunkSize: PIECE,
      retryDelays: PAUSES_MS,
      storeFingerprintForResuming: false,
      // The library would not try while the browser takes itself to be offline, and so never again.
      onShouldRetry: ({ originalResponse }) => {
        const status = originalResponse?.getStatus() ?? 0;
        return status < 400 || status >= 500 || status === 409 || status === 423;
      },
      onProgress: (sent, all) => onProgress?.(sent / all),
      onSuccess: ({ lastResponse }) => resolve((JSON.parse(lastResponse.getBody()) as { uploadId: string }).uploadId),
      onError: reject,
    });
    signal?.addEventListener('abort', () => {
      void upload.abort();
      reject(new DOMException('The upload was cancelled.', 'AbortError'));
    });
    upload.start();
  });
}

/** Lower-case hex. */
async function hashOf(file: File): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
