import { Readable } from 'node:stream';
import canonicalize from 'canonicalize';
import { v7 as uuidv7 } from 'uuid';
import type { Artifact } from '../../generated/prisma/client.js';
import type { ArtifactRef, ArtifactRole } from '../../modules/artifacts.js';
import type { EntrySlot } from '../../modules/entry.js';
import type { JsonObject } from '../../modules/json.js';
import type { MaterialLibrary } from '../../modules/shapes/materials.js';
import type { TemplateLibrary } from '../../modules/shapes/renderTemplate.js';
import { materialOf } from '../materials/materials.js';
import type { Platform } from '../platform.js';

/** An artifact row as modules see it. */
export function artifactRef(row: Artifact): ArtifactRef {
  return {
    id: row.id,
    role: row.role as ArtifactRole,
    mediaType: row.mediaType,
    sha256: row.sha256,
    byteSize: Number(row.byteSize),
    fileName: row.fileName,
    metadata: row.metadata as JsonObject,
  };
}

/** The material library as it is now. Archived materials are in it: what names them still finds them. */
export async function materialLibrary({ db }: Pick<Platform, 'db'>): Promise<MaterialLibrary> {
  const [materials, rules] = await Promise.all([
    db.material.findMany({ orderBy: { name: 'asc' } }),
    db.materialRule.findMany({ orderBy: [{ priority: 'desc' }, { id: 'asc' }], include: { material: true } }),
  ]);
  return {
    materials: materials.map(materialOf),
    rules: rules.map((rule) => ({
      id: rule.id,
      priority: rule.priority,
      category: rule.categoryKey,
      partNamePattern: rule.partNamePattern,
      cadColor: rule.cadColor,
      material: rule.material.name,
    })),
  };
}

/** The render templates as they are now, and the pictures that they may name. Archived ones are among them. */
async function templateLibrary({ db }: Pick<Platform, 'db'>): Promise<TemplateLibrary> {
  const [rows, environments] = await Promise.all([
    db.renderTemplate.findMany({ orderBy: { name: 'asc' } }),
    db.environmentImage.findMany({ orderBy: { name: 'asc' }, include: { artifact: true } }),
  ]);
  return {
    environments: environments.map(({ name, artifact }) => ({
      name,
      file: { ...artifactRef(artifact), role: 'environment_image' as const },
    })),
    templates: rows.map(({ spec, name, label, description, version }) => ({
      ...(spec as TemplateLibrary['templates'][number]),
      name,
      label,
      description,
      version,
    })),
  };
}

const LIBRARIES = {
  materialLibrary: { role: 'material_library', fileName: 'materials.json', read: materialLibrary },
  templateLibrary: { role: 'template_library', fileName: 'render-templates.json', read: templateLibrary },
} as const satisfies Partial<Record<EntrySlot, object>>;
export type LibrarySlot = keyof typeof LIBRARIES;
export const LIBRARY_SLOTS = Object.keys(LIBRARIES) as LibrarySlot[];

/** A library frozen as an artifact, its files named by content; the same library twice is the same artifact. */
export async function snapshotLibrary(
  platform: Pick<Platform, 'db' | 'store'>,
  slot: LibrarySlot,
): Promise<ArtifactRef> {
  const passing = await passingSnapshot(platform, slot);
  const { id, metadata, ...content } = passing;
  const known = await platform.db.artifact.findFirst({
    where: { sha256: content.sha256, role: content.role },
    orderBy: { createdAt: 'asc' },
  });
  return artifactRef(known ?? (await platform.db.artifact.create({ data: { id, metadata: {}, ...content } })));
}

/** The same, but nothing of it is entered anywhere: it is in `store`, and that is all. */
export async function passingSnapshot(
  { db, store }: Pick<Platform, 'db' | 'store'>,
  slot: LibrarySlot,
): Promise<ArtifactRef> {
  const { role, fileName, read } = LIBRARIES[slot];
  const stored = await store.put(Readable.from([Buffer.from(canonicalize(await read({ db }))!)]));
  return { id: uuidv7(), role, mediaType: 'application/json', fileName, metadata: {}, ...stored };
}
