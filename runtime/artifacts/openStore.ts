import { DomainError } from '../../modules/errors.js';
import type { Settings } from '../settings.js';
import { makeWritable, whyNotWritable } from '../writableDirectory.mjs';
import { FileArtifactStore } from './fileStore.js';
import type { ArtifactStore } from './store.js';

/** The artifact store of an installation, ready for use.
 * @throws DomainError `HOME_UNWRITABLE`, or StoreError where the bucket cannot be used, with what to do. */
export async function openArtifactStore(
  settings: Pick<Settings, 'artifactDir' | 'artifactBucket'>,
): Promise<ArtifactStore> {
  const { artifactDir: dir, artifactBucket } = settings;
  await makeWritable(dir).catch((error: NodeJS.ErrnoException) => {
    throw new DomainError(
      'HOME_UNWRITABLE',
      `The artifact directory ${dir} cannot be written (${whyNotWritable(error)}): set ARTIFACT_URL or HARTOMAT_HOME to a directory that can.`,
    );
  });
  if (!artifactBucket) return new FileArtifactStore(dir);
  // The SDK is large: it is loaded where it is needed.
  const { S3ArtifactStore } = await import('./s3Store.js');
  const store = new S3ArtifactStore(artifactBucket.bucket, dir, artifactBucket.cacheBytes);
  await store.check();
  return store;
}
