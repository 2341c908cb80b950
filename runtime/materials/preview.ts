import type { ArtifactRef } from '../../modules/artifacts.js';
import { ModuleError } from '../../modules/errors.js';
import { PartFinder } from '../../modules/materials/partNames.js';
import { type MaterialPreview, previewMaterials } from '../../modules/materials/previewMaterials.js';
import { ObjectTree } from '../../modules/shapes/objectTree.js';
import { type FieldIssue, NotFoundError, ValidationError } from '../errors.js';
import type { Platform } from '../platform.js';
import { artifactsIn, type PortValues } from '../runs/nodeInputs.js';
import { materialLibrary } from '../runs/snapshots.js';

type PreviewPlatform = Pick<Platform, 'db' | 'store'>;

/** What the library decides for a product, or for a CAD file without one.
 * @returns null where no run has listed the parts of the file yet. */
export async function previewOf(
  platform: PreviewPlatform,
  subject: { productId: string } | { cadFileId: string },
): Promise<MaterialPreview | null> {
  const product =
    'productId' in subject
      ? await platform.db.product.findUnique({ where: { id: subject.productId }, include: { category: true } })
      : null;
  if ('productId' in subject && !product) throw new NotFoundError('product', subject.productId);
  const cadFileId = 'cadFileId' in subject ? subject.cadFileId : product?.cadFileId;
  const tree = cadFileId ? await newestObjectTree(platform, cadFileId) : null;
  if (!tree) return null;
  return previewMaterials(
    tree.parts,
    await materialLibrary(platform),
    product && {
      category: product.category?.key ?? null,
      materialAssignments: product.materialAssignments as Record<string, string>,
    },
  );
}

/** Sets the materials a person has chosen for a product, all at once.
 * @param assignments - part name → material name.
 * @throws NotFoundError, ValidationError with a path for each part or material there is not. */
export async function setProductMaterials(
  platform: PreviewPlatform,
  productId: string,
  assignments: Readonly<Record<string, string>>,
): Promise<void> {
  const product = await platform.db.product.findUnique({ where: { id: productId } });
  if (!product) throw new NotFoundError('product', productId);
  const before = product.materialAssignments as Record<string, string>;
  const [materials, tree] = await Promise.all([
    platform.db.material.findMany({ select: { name: true, archivedAt: true } }),
    product.cadFileId ? newestObjectTree(platform, product.cadFileId) : null,
  ]);
  const offered = new Map(materials.map(({ name, archivedAt }) => [name, archivedAt === null]));
  const finder = tree && new PartFinder(tree.parts, Object.keys(assignments));
  const issues = Object.entries(assignments).flatMap(([part, material]): FieldIssue[] => {
    const path = `/materials/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (part.length > 500) return [{ path: '/materials', message: 'A part name has at most 500 characters.' }];
    // A choice made earlier may stay.
    if (!offered.get(material) && !(offered.has(material) && before[part] === material))
      return [{ path, message: `There is no material "${material}" in the library.` }];
    try {
      finder?.resolve({ [part]: material }, 'The product', path);
      return [];
    } catch (error) {
      if (!(error instanceof ModuleError)) throw error;
      return [{ path, message: error.message }];
    }
  });
  if (issues.length > 0) throw new ValidationError(issues[0]!.message, issues);
  await platform.db.product.update({ where: { id: productId }, data: { materialAssignments: { ...assignments } } });
}

/** The parts of a CAD file as the newest run over the same content has listed them. */
async function newestObjectTree({ db, store }: PreviewPlatform, cadFileId: string): Promise<ObjectTree | null> {
  const rows = await db.$queryRaw<{ outputs: PortValues }[]>`
    SELECT n.outputs FROM "cad_file" c
      JOIN "artifact" a ON a.id = c.artifact_id
      JOIN "artifact" same ON same.sha256 = a.sha256
      JOIN "cad_file" f ON f.artifact_id = same.id
      JOIN "run" r ON r.cad_file_id = f.id
      JOIN "node_run" n ON n.run_id = r.id AND n.module_key = 'cad.extract_objects' AND n.status = 'succeeded'
      WHERE c.id = ${cadFileId}::uuid ORDER BY n.finished_at DESC LIMIT 1`;
  const tree = rows[0] && artifactsIn(rows[0].outputs).find((file: ArtifactRef) => file.role === 'object_tree');
  if (!tree || (await store.byteSize(tree.sha256)) === null) return null;
  return ObjectTree.parse(JSON.parse((await store.read(tree.sha256)).toString()));
}
