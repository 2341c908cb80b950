import type { ArtifactRole } from '../../modules/artifacts.js';
import type { JsonObject } from '../../modules/json.js';
import { type LegacyPreview, previewLegacy } from '../../workflow/legacy/preview.js';
import type { Platform } from '../platform.js';

/** What old render settings come to with the library as it is now. */
export async function previewLegacySettings(
  { db }: Pick<Platform, 'db'>,
  settings: JsonObject,
  artifactKind: ArtifactRole,
): Promise<LegacyPreview> {
  const images = Object.hasOwn(settings, 'hdri') ? await db.environmentImage.findMany({ select: { name: true } }) : [];
  return previewLegacy(settings, artifactKind, { environmentNames: new Set(images.map(({ name }) => name)) });
}
