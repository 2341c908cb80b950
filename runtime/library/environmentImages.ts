import { v7 as uuidv7 } from 'uuid';
import type { EnvironmentImage } from '../../generated/prisma/client.js';
import { ModuleError } from '../../modules/errors.js';
import { checkEnvironmentFile } from '../../modules/render/environmentFile.js';
import { isUniqueViolation } from '../databaseErrors.js';
import { ConflictError, NotFoundError, ValidationError } from '../errors.js';
import { oneAtATime } from '../oneAtATime.js';
import type { Platform } from '../platform.js';
import { type ReceivedFile, withReceivedFile } from './receivedFile.js';

const MAX_BYTES = 256 * 1024 * 1024;

type Stores = Pick<Platform, 'db' | 'store' | 'log'>;

/** Takes in a picture of surroundings under the name of its file. What it is is told by its content, which Blender decodes whole; nothing
 * is kept of one that is refused. The same picture under the same name is there already.
 * @throws ValidationError `FILE_EMPTY`, `FILE_TOO_LARGE`, or with the code of `checkEnvironmentFile`; ConflictError
 * `ENVIRONMENT_NAME_TAKEN` when another picture has the name. */
export function uploadEnvironmentImage(platform: Stores, received: ReceivedFile): Promise<EnvironmentImage> {
  return withReceivedFile(received, MAX_BYTES, async ({ path, fileName, workdir }) => {
    const ctx = {
      workdir,
      signal: new AbortController().signal,
      progress: () => {},
      log: (level: 'debug' | 'info' | 'warn' | 'error', message: string) => platform.log[level](message),
    };
    const { mediaType, ...metadata } = await oneAtATime(() => checkEnvironmentFile(ctx, path, fileName)).catch(
      (error: unknown) => {
        if (!(error instanceof ModuleError) || error.failureClass === 'crash') throw error;
        throw new ValidationError(error.message, [{ path: '/file', message: error.message }], [], error.code);
      },
    );
    const stored = await platform.store.putFile(path);
    const file = { id: uuidv7(), role: 'environment_image', mediaType, fileName, metadata, ...stored };
    try {
      return await platform.db.environmentImage.create({ data: { name: fileName, artifact: { create: file } } });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      return existing(platform, fileName, stored.sha256);
    }
  });
}

async function existing({ db }: Pick<Platform, 'db'>, name: string, sha256: string): Promise<EnvironmentImage> {
  const { artifact, ...row } = await db.environmentImage.findUniqueOrThrow({
    where: { name },
    include: { artifact: { select: { sha256: true } } },
  });
  if (artifact.sha256 === sha256) return row;
  throw new ConflictError(
    `There is another environment image “${name}” already. Give the file another name: what has this one keeps its picture.`,
    'ENVIRONMENT_NAME_TAKEN',
  );
}

/** Takes a picture out of what is offered, or back in. Whatever names it still finds it.
 * @throws NotFoundError */
export async function archiveEnvironmentImage(
  { db }: Pick<Platform, 'db'>,
  id: string,
  isArchived: boolean,
): Promise<void> {
  const { count } = await db.environmentImage.updateMany({
    where: { id },
    data: { archivedAt: isArchived ? new Date() : null },
  });
  if (count === 0) throw new NotFoundError('environment image', id);
}
