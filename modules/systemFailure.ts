import { ModuleError } from './errors.js';

const DISK_FULL = 'The disk of the worker is full.';
/** What the system refuses when the machine has no more of something, by its error code. */
const LACKS: Readonly<Record<string, [code: string, message: string]>> = {
  ENOSPC: ['DISK_FULL', DISK_FULL],
  EDQUOT: ['DISK_FULL', DISK_FULL],
  ENOMEM: ['OUT_OF_MEMORY', 'The worker has no memory left.'],
  EAGAIN: ['OUT_OF_PROCESSES', 'The worker can start no more processes.'],
  EMFILE: ['OUT_OF_FILE_HANDLES', 'The worker can open no more files.'],
  ENFILE: ['OUT_OF_FILE_HANDLES', 'The worker can open no more files.'],
};

/** What the machine lacked, where that made a module fail: of class `resource`, so it is tried again, here or elsewhere; null for any
 * other error. Libraries that write files themselves only say it in words. */
export function systemFailure(error: unknown): ModuleError | null {
  if (error instanceof ModuleError || !(error instanceof Error)) return null;
  const errno =
    (error as NodeJS.ErrnoException).code ?? (/No space left on device/.test(error.message) ? 'ENOSPC' : '');
  const lack = Object.hasOwn(LACKS, errno) ? LACKS[errno] : undefined;
  return lack ? new ModuleError(lack[0], lack[1], 'resource', { systemError: error.message.slice(0, 500) }) : null;
}
