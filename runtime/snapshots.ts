import { Readable } from 'node:stream';
import canonicalize from 'canonicalize';
import { v7 as uuidv7 } from 'uuid';
import type { Artifact } from '../generated/prisma/client.js';
import type { ArtifactRef, ArtifactRole } from '../modules/artifacts.js';
import type { JsonObject } from '../modules/json.js';
import type { MaterialLibrary } from '../modules/shapes/materials.js';
import type { TemplateLibrary } from '../modules/shapes/renderTemplate.js';
import { materialOf } from './materials.js';
import type { Platform } from './platform.js';

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

/** The material library frozen as an artifact, its files named by content; the same library twice is the same artifact. */
export async function snapshotMaterialLibrary(platform: Platform): Promise<ArtifactRef> {
  return snapshot(platform, 'material_library', 'materials.json', await materialLibrary(platform));
}

/** The render templates as they are now, frozen as an artifact. */
export async function snapshotTemplateLibrary(platform: Platform): Promise<ArtifactRef> {
  const rows = await platform.db.renderTemplate.findMany({ orderBy: { name: 'asc' } });
  const library: TemplateLibrary = {
    templates: rows.map(({ spec, name, label, description, version }) => ({
      ...(spec as TemplateLibrary['templates'][number]),
      name,
      label,
      description,
      version,
    })),
  };
  return snapshot(platform, 'template_library', 'render-templates.json', library);
}

async function snapshot(
  platform: Platform,
  role: ArtifactRole,
  fileName: string,
  content: object,
): Promise<ArtifactRef> {
  const stored = await platform.store.put(Readable.from([Buffer.from(canonicalize(content)!)]));
  const known = await platform.db.artifact.findFirst({
    where: { sha256: stored.sha256, role },
    orderBy: { createdAt: 'asc' },
  });
  const row =
    known ??
    (await platform.db.artifact.create({
      data: { id: uuidv7(), role, mediaType: 'application/json', fileName, metadata: {}, ...stored },
    }));
  return artifactRef(row);
}
