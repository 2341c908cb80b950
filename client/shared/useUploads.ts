import { useRef, useState } from 'react';
import type { Problem } from './errors.js';
import { uploadFile } from './upload.js';

/** A file on its way into the library. */
export interface Upload {
  key: number;
  name: string;
  byteSize: number;
  /** Share that has gone out, 0..1. */
  progress: number;
  state: 'sending' | 'checking' | 'done' | 'failed';
  /** Why it was not taken; null where it may yet be. */
  problem: Problem | null;
  abort: AbortController;
}

/** Sends files side by side, and keeps how each is doing until it is dismissed.
 * @param takeIn has a file that was sent taken in.
 * @param onTaken hears of each that is in the library. */
export function useUploads(takeIn: (uploadId: string, file: File) => Promise<Problem | null>, onTaken: () => void) {
  const [uploads, setUploads] = useState<Upload[]>([]);
  const count = useRef(0);
  const send = async (file: File) => {
    const key = count.current++;
    const abort = new AbortController();
    const change = (changes: Partial<Upload>) =>
      setUploads((old) => old.map((each) => (each.key === key ? { ...each, ...changes } : each)));
    setUploads((old) => [
      { key, name: file.name, byteSize: file.size, progress: 0, state: 'sending', problem: null, abort },
      ...old,
    ]);
    const problem = await uploadFile(
      file,
      (uploadId) => {
        change({ state: 'checking', progress: 1 });
        return takeIn(uploadId, file);
      },
      { onProgress: (progress) => change({ progress }), signal: abort.signal },
    );
    change({ state: problem ? 'failed' : 'done', problem });
    if (!problem) onTaken();
  };
  const dismiss = (upload: Upload) => {
    if (upload.state === 'sending') upload.abort.abort();
    else setUploads((old) => old.filter(({ key }) => key !== upload.key));
  };
  return { uploads, send, dismiss };
}
