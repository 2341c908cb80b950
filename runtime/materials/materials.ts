import type { Material as MaterialRow, Prisma } from '../../generated/prisma/client.js';
import type { ArtifactRef } from '../../modules/artifacts.js';
import type { JsonObject } from '../../modules/json.js';
import { Material, MaterialProperties, type TextureChannel } from '../../modules/shapes/materials.js';
import { isUniqueViolation } from '../databaseErrors.js';
import { ConflictError, type FieldIssue, NotFoundError, ValidationError } from '../errors.js';
import { checkedLabel, checkKey } from '../library/libraryNames.js';
import type { Platform } from '../platform.js';

type Db = Pick<Platform, 'db'>;

/** Size of a tile where nobody has said otherwise, mm. */
const DEFAULT_SCALE_MM = 100;

/** What people edit: properties, and the size of a tile. */
export const MaterialForm = MaterialProperties.extend({
  textureScaleMm: Material.shape.textures.unwrap().shape.scaleMm.default(DEFAULT_SCALE_MM).meta({
    title: 'Texture tile (mm)',
    description: 'Length of one repeat of the textures on the product.',
    'x-unit': 'mm',
  }),
});

/** The library's view of a stored material. */
export function materialOf({ name, label, spec }: Pick<MaterialRow, 'name' | 'label' | 'spec'>): Material {
  return Material.parse({ ...(spec as object), name, label });
}

export interface NewMaterial {
  /** Stable key. */
  name: string;
  label: string;
  /** As of `MaterialForm`; what is left out has its default. */
  properties?: JsonObject | null;
}

/** @throws ValidationError with a path for each value; ConflictError `MATERIAL_NAME_TAKEN`. */
export async function createMaterial({ db }: Db, input: NewMaterial): Promise<MaterialRow> {
  const issues: FieldIssue[] = [];
  checkKey(input.name, '/name', issues);
  const label = checkedLabel(input.label, issues);
  const properties = checkedProperties(input.properties ?? {}, issues);
  if (issues.length > 0) throw invalid(issues);
  try {
    return await db.material.create({ data: { name: input.name, label, spec: specOf({}, properties) } });
  } catch (error) {
    if (isUniqueViolation(error))
      throw new ConflictError(`There is a material "${input.name}" already.`, 'MATERIAL_NAME_TAKEN');
    throw error;
  }
}

export interface MaterialChange {
  id: string;
  /** The revision the change is based on; null: whatever is there. */
  revision?: number | null;
  label?: string | null;
  /** Values to change; the others stay. */
  properties?: JsonObject | null;
}

/** @throws NotFoundError, ValidationError, ConflictError `MATERIAL_CHANGED` where somebody else was quicker. */
export async function updateMaterial(
  platform: Db,
  { id, revision, label, properties }: MaterialChange,
): Promise<MaterialRow> {
  return change(platform, id, revision ?? null, (row) => {
    const issues: FieldIssue[] = [];
    const newLabel = label == null ? row.label : checkedLabel(label, issues);
    const before = row.spec as JsonObject;
    const checked = checkedProperties({ ...formOf(before), ...properties }, issues);
    if (issues.length > 0) throw invalid(issues);
    return { label: newLabel, spec: specOf(before, checked) };
  });
}

/** Takes a material out of what is offered, or back in. What names it already still finds it.
 * @throws ConflictError `MATERIAL_IN_USE` while rules map parts to it. */
export async function archiveMaterial(platform: Db, id: string, isArchived: boolean): Promise<MaterialRow> {
  return change(platform, id, null, async (row, tx) => {
    const count = isArchived ? await tx.materialRule.count({ where: { materialId: id } }) : 0;
    if (count > 0)
      throw new ConflictError(
        `${count} ${count === 1 ? 'rule maps' : 'rules map'} parts to "${row.label}". Give them another material first.`,
        'MATERIAL_IN_USE',
      );
    return { archivedAt: isArchived ? (row.archivedAt ?? new Date()) : null };
  });
}

/** @param file - null: the value instead of a texture. */
export function setTexture(
  platform: Db,
  id: string,
  channel: TextureChannel,
  file: ArtifactRef | null,
): Promise<MaterialRow> {
  return change(platform, id, null, ({ spec }) => {
    const { textures, ...rest } = spec as JsonObject & { textures?: JsonObject };
    const { [channel]: _before, ...others } = textures ?? { scaleMm: DEFAULT_SCALE_MM };
    return {
      spec: { ...rest, textures: { ...others, ...(file && { [channel]: { ...file } }) } } as Prisma.InputJsonObject,
    };
  });
}

/** @param asset - null: none. */
export function setBlendAsset(
  platform: Db,
  id: string,
  asset: { file: ArtifactRef; material: string } | null,
): Promise<MaterialRow> {
  return change(platform, id, null, ({ spec }) => {
    const { blendAsset: _before, ...rest } = spec as JsonObject;
    return { spec: { ...rest, ...(asset && { blendAsset: asset }) } as unknown as Prisma.InputJsonObject };
  });
}

/** The values of a stored material as the form has them. */
export function formOf(spec: JsonObject): JsonObject {
  const { textures, ...rest } = spec as JsonObject & { textures?: { scaleMm: number } };
  const properties = Object.fromEntries(
    Object.entries(rest).filter(([key]) => Object.hasOwn(MaterialProperties.shape, key)),
  );
  return { ...MaterialProperties.parse(properties), textureScaleMm: textures?.scaleMm ?? DEFAULT_SCALE_MM };
}

type Form = ReturnType<typeof MaterialForm.parse>;

function specOf(before: JsonObject, { textureScaleMm, ...properties }: Form): Prisma.InputJsonObject {
  const textures = (before.textures as JsonObject | undefined) ?? {};
  return { ...before, ...properties, textures: { ...textures, scaleMm: textureScaleMm } } as Prisma.InputJsonObject;
}

/** One change at a time: the row is locked while `make` looks at it. */
async function change(
  { db }: Db,
  id: string,
  revision: number | null,
  make: (
    row: MaterialRow,
    tx: Prisma.TransactionClient,
  ) => Prisma.MaterialUpdateInput | Promise<Prisma.MaterialUpdateInput>,
): Promise<MaterialRow> {
  return db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM "material" WHERE id = ${id}::uuid FOR UPDATE`;
    const row = await tx.material.findUnique({ where: { id } });
    if (!row) throw new NotFoundError('material', id);
    if (revision !== null && revision !== row.revision)
      throw new ConflictError(`Somebody else has changed "${row.label}" in the meantime.`, 'MATERIAL_CHANGED');
    return tx.material.update({ where: { id }, data: { ...(await make(row, tx)), revision: { increment: 1 } } });
  });
}

function checkedProperties(given: JsonObject, issues: FieldIssue[]): Form {
  const parsed = MaterialForm.strict().safeParse(given);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    const at = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]!] : issue.path;
    issues.push({ path: ['/properties', ...at.map(String)].join('/'), message: issue.message });
  }
  return MaterialForm.parse({});
}

const invalid = (issues: FieldIssue[]) =>
  new ValidationError(`The material does not fit: ${issues[0]!.message}`, issues);
