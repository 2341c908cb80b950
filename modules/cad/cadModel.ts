import { ModuleError } from '../errors.js';
import { type FacePatch, withoutMarks } from './facePatches.js';
import { type Appearance, lookAt } from './instanceLooks.js';
import type { OcctResult, RootShape } from './occtReader.js';
import { OPAQUE, type Opacity } from './opacity.js';
import { type PartShape, partShapeOf } from './partShape.js';
import type { ProductDefinition, ProductStructure, Usage } from './productStructure.js';
import { IDENTITY, type Transform } from './transforms.js';
import { markOf } from './withoutAssembly.js';

/** A unique part with its mesh. */
export interface CadPart extends Opacity {
  partId: string;
  name: string;
  shape: PartShape;
  /** Its surfaces enclose no volume, so both sides can be seen. */
  isOpen: boolean;
  instanceCount: number;
}

/** An occurrence of an assembly or a part. */
export interface CadNode {
  objectId: string;
  name: string;
  instanceName: string | null;
  /** Relative to the parent; millimetres, CAD axes. */
  placement: Transform;
  /** Set on parts; they have no children. */
  part: CadPart | null;
  /** Of an instance that looks otherwise than its part. */
  look: Appearance | null;
  children: CadNode[];
}

/** A CAD file as read: unique parts, the tree of their occurrences, and what was lost on the way. */
export interface CadModel {
  declaredUnit: string;
  schema: string;
  parts: CadPart[];
  roots: CadNode[];
  /** One sentence each. */
  warnings: string[];
}

/** Puts OpenCascade's meshes into the tree the file describes.
 * @throws {ModuleError} `CAD_UNREADABLE`, `CAD_NO_TRIANGLES`, `CAD_ONLY_CURVES`, `CAD_EXTERNAL_ONLY` or `CAD_NO_SOLIDS` when nothing is left to show. */
export function buildModel(structure: ProductStructure, result: OcctResult, readWarnings: readonly string[]): CadModel {
  const { result: unmarked, missing } = withoutMarks(result, structure.instances.patches);
  const builder = new ModelBuilder(structure, unmarked);
  const { parts, roots } = builder.build();
  if (parts.length === 0) throw nothingToShow(structure, result);
  return {
    declaredUnit: structure.declaredUnit,
    schema: structure.schema,
    parts,
    roots,
    warnings: [...readWarnings, ...structure.warnings, ...builder.warnings, ...missing.map(warnOfPatch(structure))],
  };
}

const warnOfPatch =
  ({ definitions }: ProductStructure) =>
  ({ definition, faces }: FacePatch) =>
    `${faces.length} faces of "${definitions.get(definition)!.name}" have looks of their own in single instances, which are left out: the faces were not found again.`;

/** Where in the tree: the object's id, and the uses and definitions from the root down to it. */
interface Place {
  id: string;
  path: readonly number[];
}

class ModelBuilder {
  readonly warnings: string[] = [];
  private readonly parts: CadPart[] = [];
  private readonly partOf = new Map<number, CadPart | null>();
  private readonly shapes: Map<number, RootShape>;
  private readonly strays: RootShape[];

  constructor(
    private readonly structure: ProductStructure,
    result: OcctResult,
  ) {
    ({ shapes: this.shapes, strays: this.strays } = assignShapes(structure, result.roots));
  }

  build(): { parts: CadPart[]; roots: CadNode[] } {
    const taken = new Set<string>();
    const roots = this.structure.roots.flatMap((id) => this.node(id, null, { id: '', path: [] }, taken) ?? []);
    for (const stray of this.strays) {
      const part = this.addPart(stray.name, stray);
      if (!part) continue;
      const objectId = uniqueId('', part.name, taken);
      part.instanceCount++;
      roots.push({
        objectId,
        name: part.name,
        instanceName: null,
        placement: IDENTITY,
        part,
        look: null,
        children: [],
      });
    }
    return { parts: this.parts, roots };
  }

  private node(id: number, usage: Usage | null, parent: Place, taken: Set<string>): CadNode | undefined {
    const definition = this.structure.definitions.get(id)!;
    if (!this.hasSurfaces(id)) return undefined;
    const instanceName = usage ? usage.name || definition.name || 'Part' : null;
    const objectId = uniqueId(parent.id, instanceName ?? definition.name, taken);
    const part = this.part(definition);
    const name = definition.usages.length === 0 && part ? part.name : definition.name || 'Assembly';
    const base = {
      objectId,
      name,
      instanceName: usage && (instanceName || name),
      placement: this.placement(definition, usage),
    };
    const path = [...parent.path, ...(usage ? [usage.id] : []), id];
    const look = lookAt(this.structure.instances.looks.get(id) ?? [], path);
    if (definition.usages.length === 0) {
      part!.instanceCount++;
      return { ...base, part, look, children: [] };
    }
    const childIds = new Set<string>();
    const place = { id: objectId, path };
    const children = definition.usages.flatMap((use) => this.node(use.child, use, place, childIds) ?? []);
    if (part) {
      part.instanceCount++;
      const own = uniqueId(objectId, part.name, childIds);
      children.unshift({
        objectId: own,
        name: part.name,
        instanceName: part.name,
        placement: IDENTITY,
        part,
        look,
        children: [],
      });
    }
    return { ...base, part: null, look: null, children };
  }

  private placement(definition: ProductDefinition, usage: Usage | null): Transform {
    if (usage && !usage.placement) {
      this.warnOnce(
        `The file does not say where "${usage.name || definition.name}" sits in its assembly; it is shown at the assembly's origin.`,
      );
    }
    return usage?.placement ?? IDENTITY;
  }

  /** Whether the definition, or anything inside it, came out with triangles. Parts are numbered as they are first met. */
  private readonly surfaces = new Map<number, boolean>();
  private hasSurfaces(id: number): boolean {
    let known = this.surfaces.get(id);
    if (known === undefined) {
      const definition = this.structure.definitions.get(id)!;
      const own = this.part(definition) !== null;
      known = definition.usages.map((usage) => this.hasSurfaces(usage.child)).includes(true) || own;
      this.surfaces.set(id, known);
    }
    return known;
  }

  private part(definition: ProductDefinition): CadPart | null {
    let part = this.partOf.get(definition.id);
    if (part === undefined) {
      const shape = this.shapes.get(definition.id);
      part = shape ? this.addPart(definition.name, shape, definition) : null;
      if (!part) this.warnOfLoss(definition);
      this.partOf.set(definition.id, part);
    }
    return part;
  }

  private addPart(
    name: string,
    root: RootShape,
    { isOpen, opacity }: Pick<ProductDefinition, 'isOpen' | 'opacity'> = { isOpen: false, opacity: OPAQUE },
  ): CadPart | null {
    const shape = partShapeOf(root.bodies, isOpen);
    if (!shape) return null;
    const number = this.parts.length;
    const part: CadPart = {
      partId: `p${number}`,
      name: name || `Part ${number + 1}`,
      shape,
      isOpen,
      ...opacity,
      instanceCount: 0,
    };
    this.parts.push(part);
    const lost = root.bodies.filter((body) => body.indices.length === 0).length;
    if (lost > 0)
      this.warnOnce(
        `${lost} of ${root.bodies.length} bodies of "${part.name}" could not be turned into triangles and are missing.`,
      );
    else if (shape.emptyFaceCount > 0) {
      this.warnOnce(
        `${shape.emptyFaceCount} of ${shape.faceCount} faces of "${part.name}" could not be turned into triangles and are missing.`,
      );
    }
    return part;
  }

  private warnOfLoss({ name, ownShape, externalFile }: ProductDefinition): void {
    if (externalFile) {
      this.warnOnce(`"${name}" is in another file, ${externalFile}, which was not uploaded; it is missing.`);
    } else if (ownShape === 'surfaces') {
      this.warnOnce(`The shape of "${name}" could not be read; the part is missing.`);
    } else if (ownShape === 'wires') {
      this.warnOnce(`"${name}" holds only curves, no surfaces; it is left out.`);
    }
  }

  private warnOnce(warning: string): void {
    if (!this.warnings.includes(warning)) this.warnings.push(warning);
  }
}

/** Matches OpenCascade's roots with products by their mark; several definitions of one product by file order. */
function assignShapes(
  structure: ProductStructure,
  roots: readonly RootShape[],
): { shapes: Map<number, RootShape>; strays: RootShape[] } {
  const waiting = new Map<string, number[]>();
  for (const definition of structure.definitions.values()) {
    if (definition.ownShape !== 'surfaces') continue;
    const mark = markOf(definition.productId);
    waiting.set(mark, [...(waiting.get(mark) ?? []), definition.id]);
  }
  const shapes = new Map<number, RootShape>();
  const strays: RootShape[] = [];
  for (const root of roots) {
    const id = waiting.get(root.name)?.shift();
    if (id !== undefined) shapes.set(id, root);
    else if (root.bodies.length > 0)
      strays.push({ ...root, name: root.name.startsWith('hm-product-') ? '' : root.name });
  }
  return { shapes, strays };
}

/** A path that no sibling has: a repeated name gets `#2`, `#3`, …. */
function uniqueId(parentId: string, name: string, taken: Set<string>): string {
  const step = name.replaceAll('~', '~0').replaceAll('/', '~1') || 'Part';
  const path = parentId ? `${parentId}/${step}` : step;
  let id = path;
  for (let count = 2; taken.has(id); count++) id = `${path}#${count}`;
  taken.add(id);
  return id;
}

function nothingToShow(structure: ProductStructure, result: OcctResult): ModuleError {
  const bodies = result.roots.flatMap((root) => root.bodies);
  if (bodies.length > 0) {
    return new ModuleError(
      'CAD_NO_TRIANGLES',
      'The file was read, but its surfaces could not be turned into triangles. Usually it is too detailed for the memory at hand: please simplify it or split it.',
      'input',
      { bodies: bodies.length, log: result.log.slice(0, 5) },
    );
  }
  if (structure.externalFiles.length > 0) {
    const names = structure.externalFiles.slice(0, 10);
    return new ModuleError(
      'CAD_EXTERNAL_ONLY',
      `The file holds no shape itself, it only refers to other files that were not uploaded: ${names.join(', ')}. Please export the assembly as one file.`,
      'input',
      { externalFiles: names },
    );
  }
  const shapes = [...structure.definitions.values()].map((definition) => definition.ownShape);
  if (!result.success && shapes.includes('surfaces')) {
    return new ModuleError(
      'CAD_UNREADABLE',
      'OpenCascade could not read the file: it is damaged or holds nothing it can build.',
      'input',
      { log: result.log.slice(0, 5) },
    );
  }
  if (shapes.includes('wires') && !shapes.includes('surfaces')) {
    return new ModuleError(
      'CAD_ONLY_CURVES',
      'The file holds only curves and points, no surfaces or solids, so there is nothing to render.',
    );
  }
  return new ModuleError(
    'CAD_NO_SOLIDS',
    'No solid or surface could be read from the file, so there is nothing to render.',
    'input',
    {
      log: result.log.slice(0, 5),
    },
  );
}
