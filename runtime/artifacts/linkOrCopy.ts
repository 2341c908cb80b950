import { randomUUID } from 'node:crypto';
import { constants, copyFile, link, rename } from 'node:fs/promises';

const CANNOT_LINK: ReadonlySet<unknown> = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** Makes a read-only file available under another name as well, at no cost where the file system can. */
export async function linkOrCopy(file: string, target: string): Promise<void> {
  try {
    await link(file, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (!CANNOT_LINK.has(code)) throw error;
    const temporary = `${target}.${randomUUID()}`;
    await copyFile(file, temporary, constants.COPYFILE_FICLONE);
    await rename(temporary, target);
  }
}
