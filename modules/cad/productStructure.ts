import { type InstanceLooks, LOOK_TYPES, readInstanceLooks } from './instanceLooks.js';
import { UnitReader, unitWarnings } from './lengthUnits.js';
import { OPAQUE, type Opacity, readOpacity } from './opacity.js';
import type { Part21File } from './part21.js';
import { argsOf, parseStatement, partsOf, refOf, refsOf, textOf, type Value } from './part21Values.js';
import { PlacementReader } from './placements.js';
import type { ShapeHolder } from './shapeOwners.js';
import { SPHERE_TYPES } from './sphereSeams.js';
import { IDENTITY, invert, type Transform } from './transforms.js';

/** A product definition: a part or an assembly, before it is used anywhere. */
export interface ProductDefinition extends ShapeHolder {
  /** The PRODUCT record behind it. */
  productId: number;
  name: string;
  /** Uses of other products inside this one, in file order. */
  usages: Usage[];
  /** What its own representations hold: nothing, only curves and points, or surfaces. */
  ownShape: 'none' | 'wires' | 'surfaces';
  /** Its surfaces are open shells or faces, so it encloses no volume. */
  isOpen: boolean;
  /** All opaque unless the file styles its shape or faces as transparent. */
  opacity: Opacity;
  /** File it points to instead of carrying a shape. */
  externalFile: string | null;
}

export interface Usage {
  id: number;
  child: number;
  /** Name of the occurrence; may be empty. */
  name: string;
  /** Null where the file gives none. */
  placement: Transform | null;
}

/** A relationship record that carries an assembly's placement, and the record that ties it to a usage. */
export interface AssemblyRecords {
  usages: number[];
  contextDependent: number[];
  relationships: { id: number; child: number }[];
  mappedItems: { representation: number; items: Set<number>; fallback: number }[];
}

/** What a file says about its products, read from the text without OpenCascade. */
export interface ProductStructure {
  definitions: Map<number, ProductDefinition>;
  /** Definitions that no other uses, with a shape or with usages, in file order. */
  roots: number[];
  /** What most of it is written in; `unknown` where the file gives none. */
  declaredUnit: string;
  /** FILE_SCHEMA, without the version in braces. */
  schema: string;
  externalFiles: string[];
  records: AssemblyRecords;
  instances: InstanceLooks;
  warnings: string[];
}

/** Record types the structure is read from. */
export const STRUCTURE_TYPES: ReadonlySet<string> = new Set([
  'PRODUCT',
  'PRODUCT_DEFINITION',
  'PRODUCT_DEFINITION_WITH_ASSOCIATED_DOCUMENTS',
  'PRODUCT_DEFINITION_FORMATION',
  'PRODUCT_DEFINITION_FORMATION_WITH_SPECIFIED_SOURCE',
  'PRODUCT_DEFINITION_SHAPE',
  'NEXT_ASSEMBLY_USAGE_OCCURRENCE',
  'SHAPE_DEFINITION_REPRESENTATION',
  'SHAPE_REPRESENTATION_RELATIONSHIP',
  'CONTEXT_DEPENDENT_SHAPE_REPRESENTATION',
  'GLOBAL_UNIT_ASSIGNED_CONTEXT',
  'DOCUMENT_FILE',
  'APPLIED_DOCUMENT_REFERENCE',
  'APPLIED_EXTERNAL_IDENTIFICATION_ASSIGNMENT',
  ...LOOK_TYPES,
  'SURFACE_STYLE_TRANSPARENT',
  'COLOUR_RGB',
  ...SPHERE_TYPES,
]);

const PLACEMENT_TYPES = new Set(['AXIS2_PLACEMENT_3D', 'AXIS2_PLACEMENT_2D', 'CARTESIAN_POINT', 'DIRECTION', 'PLANE']);
const WIRE_TYPES =
  /CURVE|WIREFRAME|EDGE|VERTEX|^POINT|^GEOMETRIC_SET$|^LINE$|^CIRCLE$|POLYLINE|ANNOTATION|CAMERA|TEXT|CALLOUT|LOOP|PATH/;
const OPEN_TYPES = /SHELL_BASED|FACE_BASED|^OPEN_SHELL|_SURFACE_SET|^ADVANCED_FACE|^FACE_SURFACE/;
const MAX_RELATED = 1000;

/** Reads the product structure.
 * @param file - scanned for at least STRUCTURE_TYPES. */
export function readProductStructure(file: Part21File): ProductStructure {
  const units = new UnitReader(file);
  const placements = new PlacementReader(file, units);
  const warnings: string[] = [];
  const ofTypes = (...types: string[]) => types.flatMap((type) => [...file.idsOf(type)]).sort((a, b) => a - b);

  const definitions = new Map<number, ProductDefinition>();
  for (const id of ofTypes('PRODUCT_DEFINITION', 'PRODUCT_DEFINITION_WITH_ASSOCIATED_DOCUMENTS')) {
    const formation = argsOf(file, refOf(argsOf(file, id)?.[2]));
    const productId = refOf(formation?.[2]);
    const product = argsOf(file, productId);
    definitions.set(id, {
      id,
      productId,
      name: textOf(product?.[1]) || textOf(product?.[0]),
      usages: [],
      representations: [],
      ownShape: 'none',
      isOpen: false,
      opacity: OPAQUE,
      externalFile: null,
    });
  }

  const definedBy = new Map<number, number>();
  for (const id of file.idsOf('PRODUCT_DEFINITION_SHAPE')) definedBy.set(id, refOf(argsOf(file, id)?.[2]));

  const ownerOf = new Map<number, number>();
  for (const id of file.idsOf('SHAPE_DEFINITION_REPRESENTATION')) {
    const args = argsOf(file, id);
    const definition = definitions.get(definedBy.get(refOf(args?.[0])) ?? 0);
    if (!definition) continue;
    definition.representations.push(refOf(args?.[1]));
    ownerOf.set(refOf(args?.[1]), definition.id);
  }

  // Relationships: those with a transformation place a component, the others name another representation of the same shape.
  const related = new Map<number, number[]>();
  const relate = (a: number, b: number) => related.set(a, [...(related.get(a) ?? []), b]);
  const placed = new Map<number, { rep1: number; rep2: number; operator: number }>();
  for (const id of new Set(file.idsOf('SHAPE_REPRESENTATION_RELATIONSHIP'))) {
    const parts = partsOf(file, id);
    const args =
      parts.length > 1 ? parts.find((part) => part.type === 'REPRESENTATION_RELATIONSHIP')?.args : parts[0]?.args;
    const [rep1, rep2] = [refOf(args?.[2]), refOf(args?.[3])];
    const operator = parts.find((part) => part.type === 'REPRESENTATION_RELATIONSHIP_WITH_TRANSFORMATION')?.args[0];
    if (operator !== undefined) placed.set(id, { rep1, rep2, operator: refOf(operator) });
    else if (rep1 && rep2 && rep1 !== rep2) {
      relate(rep1, rep2);
      relate(rep2, rep1);
    }
  }
  for (const definition of definitions.values()) {
    const reached = new Set(definition.representations);
    for (const representation of reached) {
      if (reached.size > MAX_RELATED) break;
      for (const next of related.get(representation) ?? []) if (!ownerOf.has(next)) reached.add(next);
    }
    definition.representations = [...reached];
    for (const representation of reached) if (!ownerOf.has(representation)) ownerOf.set(representation, definition.id);
  }

  const records: AssemblyRecords = { usages: [], contextDependent: [], relationships: [], mappedItems: [] };
  const placementOf = readPlacements(file, placements, definedBy, ownerOf, placed, records);
  for (const id of file.idsOf('NEXT_ASSEMBLY_USAGE_OCCURRENCE')) {
    const args = argsOf(file, id);
    const [parent, child] = [refOf(args?.[3]), refOf(args?.[4])];
    records.usages.push(id);
    if (!definitions.has(parent) || !definitions.has(child)) continue;
    definitions.get(parent)!.usages.push({ id, child, name: textOf(args?.[1]), placement: placementOf(id, parent) });
  }
  const usageOfItem = placeByMappedItems(file, placements, definitions, records);

  for (const definition of definitions.values()) {
    const consumed = new Set(records.mappedItems.flatMap((entry) => [...entry.items]));
    for (const representation of definition.representations) {
      for (const item of refsOf(argsOf(file, representation)?.[1])) {
        const type = file.typeOf(item);
        if (type === undefined || PLACEMENT_TYPES.has(type) || consumed.has(item)) continue;
        if (!WIRE_TYPES.test(type)) {
          definition.ownShape = 'surfaces';
          if (OPEN_TYPES.test(type)) definition.isOpen = true;
        } else if (definition.ownShape === 'none') definition.ownShape = 'wires';
      }
    }
  }

  const measured = [...definitions.values()].filter(
    ({ ownShape, usages }) => ownShape === 'surfaces' || usages.length > 0,
  );
  warnings.push(...unitWarnings(units, measured));

  const instances = readInstanceLooks(file, { definitions, definedBy, ownerOf, usageOfItem });
  if (instances.lostCount > 0)
    warnings.push(
      `The file gives single instances looks of their own (${instances.lostCount}) of which nobody can tell what they are of; they are left out, and the colours of the part show.`,
    );
  for (const [id, opacity] of readOpacity(file, definitions.values(), instances.records))
    definitions.get(id)!.opacity = opacity;

  const externalFiles = readExternalFiles(file, definitions);
  const used = new Set(
    [...definitions.values()].flatMap((definition) => definition.usages.map((usage) => usage.child)),
  );
  const roots = [...definitions.values()]
    .filter((definition) => !used.has(definition.id))
    .filter((definition) => definition.ownShape !== 'none' || definition.usages.length > 0 || definition.externalFile)
    .map((definition) => definition.id);

  return {
    definitions,
    roots,
    declaredUnit: units.mostUsed(ownerOf.keys()),
    schema: fileSchema(file),
    externalFiles,
    records,
    instances,
    warnings,
  };
}

/** Finds the placement of each usage: usage ← PRODUCT_DEFINITION_SHAPE ← CONTEXT_DEPENDENT_SHAPE_REPRESENTATION → relationship. */
function readPlacements(
  file: Part21File,
  placements: PlacementReader,
  definedBy: ReadonlyMap<number, number>,
  ownerOf: ReadonlyMap<number, number>,
  placed: ReadonlyMap<number, { rep1: number; rep2: number; operator: number }>,
  records: AssemblyRecords,
): (usage: number, parent: number) => Transform | null {
  const relationshipOf = new Map<number, number>();
  for (const id of file.idsOf('CONTEXT_DEPENDENT_SHAPE_REPRESENTATION')) {
    const args = argsOf(file, id);
    records.contextDependent.push(id);
    const usage = definedBy.get(refOf(args?.[1]));
    if (usage !== undefined) relationshipOf.set(usage, refOf(args?.[0]));
  }
  for (const [id, relationship] of placed) records.relationships.push({ id, child: relationship.rep1 });
  return (usage, parent) => {
    const relationship = placed.get(relationshipOf.get(usage) ?? 0);
    if (!relationship) return relationshipOf.has(usage) ? IDENTITY : null;
    const { rep1, rep2, operator } = relationship;
    const transform = placements.between(operator, rep1, rep2);
    if (!transform) return null;
    const isReversed = ownerOf.get(rep1) === parent && ownerOf.get(rep2) !== parent;
    return isReversed ? invert(transform) : transform;
  };
}

/** Older AP203 assemblies place a component by a MAPPED_ITEM of its representation inside the assembly's.
 * @returns which usage each such item places. */
function placeByMappedItems(
  file: Part21File,
  placements: PlacementReader,
  definitions: ReadonlyMap<number, ProductDefinition>,
  records: AssemblyRecords,
): Map<number, number> {
  const usageOfItem = new Map<number, number>();
  for (const parent of definitions.values()) {
    const open = parent.usages.filter((usage) => usage.placement === null);
    if (open.length === 0) continue;
    for (const representation of parent.representations) {
      const items = new Set<number>();
      let fallback = 0;
      for (const item of refsOf(argsOf(file, representation)?.[1])) {
        if (file.typeOf(item) !== 'MAPPED_ITEM') continue;
        const mapped = argsOf(file, item);
        const source = argsOf(file, refOf(mapped?.[1]));
        const mappedRep = refOf(source?.[1]);
        const at = open.findIndex((usage) => definitions.get(usage.child)!.representations.includes(mappedRep));
        if (at < 0) continue;
        const [usage] = open.splice(at, 1);
        fallback = refOf(mapped?.[2]);
        usage!.placement = placements.ofMappedItem(refOf(source?.[0]), fallback, mappedRep, representation);
        items.add(item);
        usageOfItem.set(item, usage!.id);
      }
      if (items.size > 0) records.mappedItems.push({ representation, items, fallback });
    }
  }
  return usageOfItem;
}

/** Names of files this one refers to; notes on each product definition which file carries its shape. */
function readExternalFiles(file: Part21File, definitions: ReadonlyMap<number, ProductDefinition>): string[] {
  const names = new Map<number, string>();
  for (const id of file.idsOf('DOCUMENT_FILE')) names.set(id, textOf(argsOf(file, id, 'DOCUMENT_FILE')?.[0]));
  for (const id of file.idsOf('APPLIED_EXTERNAL_IDENTIFICATION_ASSIGNMENT')) {
    const args = argsOf(file, id);
    for (const item of refsOf(args?.[3])) if (names.has(item) && textOf(args?.[0])) names.set(item, textOf(args?.[0]));
  }
  const found = new Set<string>();
  for (const id of file.idsOf('APPLIED_DOCUMENT_REFERENCE')) {
    const args = argsOf(file, id);
    const name = names.get(refOf(args?.[0]));
    for (const item of refsOf(args?.[2])) {
      const definition = definitions.get(item);
      if (!definition || !name || definition.ownShape === 'surfaces') continue;
      definition.externalFile = name;
      found.add(name);
    }
  }
  for (const range of file.references) {
    const uri = /<([^<>#]+)(#[^<>]*)?>/.exec(
      file.bytes.toString('latin1', range.start, Math.min(range.end, range.start + 2000)),
    );
    if (uri) found.add(uri[1]!);
  }
  return [...found];
}

function fileSchema(file: Part21File): string {
  const statement = file.header
    .flatMap((range) => parseStatement(file.bytes, range))
    .find((candidate) => candidate.type === 'FILE_SCHEMA');
  const names = statement?.args[0];
  const list = (Array.isArray(names) ? names : []).filter((name: Value) => typeof name === 'string');
  return list.map((name) => name.replace(/\s*\{[^}]*\}?\s*/, '').trim()).join(', ') || 'unknown';
}
