import { type FacePatch, joinPatches, readOwnStyles } from './facePatches.js';
import type { Part21File } from './part21.js';
import { argsOf, partsOf, refOf, refsOf } from './part21Values.js';
import { isBody, readShapeOwners, type ShapeHolder, type ShapeOwner } from './shapeOwners.js';
import { type Look, rgbToHex, StyleReader } from './styles.js';

/** How a part, or some of its faces, look where it stands in one place of an assembly, if not as everywhere else. */
export interface InstanceLook {
  /** Uses and definitions; it holds for instances that have all of these on the way from the root to them. */
  context: readonly number[];
  /** sRGB hex; null: only more or less clear. */
  color: string | null;
  /** 0 (clear) to 1; null: as the part. */
  opacity: number | null;
  /** Faces with a colour of their own change too. */
  hasAllFaces: boolean;
  /** Ids of the patches that it is said of; null: of the whole part. */
  patches: ReadonlySet<number> | null;
  /** Said of faces for themselves, not of bodies. */
  isOfFaces: boolean;
}

/** How an instance looks, all that is said of it taken together. */
export interface Appearance extends Pick<InstanceLook, 'color' | 'opacity' | 'hasAllFaces'> {
  /** By patch. */
  patches: ReadonlyMap<number, Pick<InstanceLook, 'color' | 'opacity'>>;
}

export interface InstanceLooks {
  /** By product definition, in file order. */
  looks: Map<number, InstanceLook[]>;
  /** Faces that looks of instances tell from the rest of their part. */
  patches: FacePatch[];
  /** The records that say so, and those below; nothing else may take them for the look of the part. */
  records: Set<number>;
  /** Styles of single instances that cannot be told from those of the part: of something without faces, or in an unknown context. */
  lostCount: number;
}

/** A product definition with the uses of others inside it. */
interface UsingDefinition extends ShapeHolder {
  usages: readonly { id: number; child: number }[];
}

/** What the structure knows already. */
export interface ContextFacts {
  definitions: ReadonlyMap<number, UsingDefinition>;
  /** PRODUCT_DEFINITION_SHAPE → what it is the shape of. */
  definedBy: ReadonlyMap<number, number>;
  /** Representation → definition. */
  ownerOf: ReadonlyMap<number, number>;
  /** Item of an assembly's representation that places a component → its usage. */
  usageOfItem: ReadonlyMap<number, number>;
}

export const LOOK_TYPES = [
  'STYLED_ITEM',
  'OVER_RIDING_STYLED_ITEM',
  'CONTEXT_DEPENDENT_OVER_RIDING_STYLED_ITEM',
  'PRESENTATION_STYLE_BY_CONTEXT',
] as const;
const [STYLED, OVER_RIDING, IN_CONTEXT, BY_CONTEXT] = LOOK_TYPES;
const HIGHER_USAGE = 'SPECIFIED_HIGHER_USAGE_OCCURRENCE';
const MAX_LEVELS = 100;

/** Reads the looks of single instances: styled items in the context of a use (CONTEXT_DEPENDENT_OVER_RIDING_STYLED_ITEM), styles by
 * context (as OpenCascade writes them), and styles of the items that place components. */
export function readInstanceLooks(file: Part21File, facts: ContextFacts): InstanceLooks {
  const found: InstanceLooks = { looks: new Map(), patches: [], records: new Set(), lostCount: 0 };
  const isInContext = [IN_CONTEXT, BY_CONTEXT].some((type) => file.idsOf(type).length > 0);
  if (!isInContext && facts.usageOfItem.size === 0) return found;

  const contexts = new ContextReader(file, facts);
  const styles = new StyleReader(file);
  const owners = readShapeOwners(file, facts.definitions.values());
  const said = new Map<string, Said>();
  for (const type of isInContext ? [STYLED, OVER_RIDING, IN_CONTEXT] : [STYLED]) {
    for (const id of file.idsOf(type)) {
      const args = argsOf(file, id, type) ?? [];
      const item = refOf(args[2]);
      const usage = facts.usageOfItem.get(item);
      const named = type === IN_CONTEXT ? refsOf(args[4]) : [];
      for (const style of refsOf(args[1])) {
        const [first] = partsOf(file, style);
        const context = first?.type === BY_CONTEXT ? [...named, refOf(first.args[1])] : named;
        if (context.length === 0 && type !== IN_CONTEXT && usage === undefined) continue;
        found.records.add(id);
        const path = usage === undefined ? contexts.pathOf(context) : [usage, ...(contexts.pathOf(context) ?? [])];
        const owner = usage === undefined ? owners.get(item) : wholeOf(usage, facts.definitions);
        const look = styles.lookOf(style);
        if (!look.rgb && look.transparency === undefined) continue;
        if (!owner || !path) found.lostCount++;
        else note(said, owner, path, look, item);
      }
    }
  }
  if (said.size === 0) return found;
  const shapes = shapesOf(file, facts.definitions, owners);
  const ownStyles = readOwnStyles(file, (record) => owners.get(record)?.isFace ?? false, found.records);
  const kept: { id: number; look: Omit<InstanceLook, 'patches'>; faces: ReadonlySet<number> | null }[] = [];
  for (const { id, context, look, bodies, faces } of said.values()) {
    const shape = shapes.get(id)!;
    const hasAllFaces = faces.size > 0 && faces.size >= shape.faceCount;
    const isWhole = hasAllFaces || bodies.has(0) || (bodies.size > 0 && bodies.size >= shape.bodies.size);
    const { rgb, transparency } = look;
    const color = rgb ? rgbToHex(rgb) : null;
    const opacity = transparency === undefined ? null : Math.min(1, Math.max(0, 1 - transparency));
    const keep = (of: ReadonlySet<number> | null, isOfFaces: boolean) =>
      kept.push({ id, look: { context, color, opacity, hasAllFaces, isOfFaces }, faces: of });
    if (isWhole) {
      keep(null, false);
      continue;
    }
    // Faces with a colour of their own keep it, as they do where a whole part looks otherwise.
    const facesOf = (body: number) => shape.bodies.get(body)?.filter((face) => !ownStyles.get(face)?.color) ?? [];
    const ofBodies = [...bodies].map(facesOf);
    found.lostCount += ofBodies.filter((some) => some.length === 0).length;
    if (ofBodies.flat().length > 0) keep(new Set(ofBodies.flat()), false);
    if (faces.size > 0) keep(faces, true);
  }
  const saidOfFace = new Map<number, { definition: number; looks: number[] }>();
  for (const [at, { id, faces }] of kept.entries()) {
    for (const face of faces ?? []) {
      const known = saidOfFace.get(face) ?? { definition: id, looks: [] };
      saidOfFace.set(face, known);
      known.looks.push(at);
    }
  }
  found.patches = joinPatches(file, saidOfFace, ownStyles);
  for (const { id, look, faces } of kept) {
    const patches =
      faces && new Set(found.patches.filter((patch) => faces.has(patch.faces[0]!)).map((patch) => patch.id));
    found.looks.set(id, [...(found.looks.get(id) ?? []), { ...look, patches }]);
  }
  return found;
}

/** The look of an instance, of its whole and of patches of its faces; null: that of its part.
 * @param path - ids of uses and definitions from the root down to the part. */
export function lookAt(looks: readonly InstanceLook[], path: readonly number[]): Appearance | null {
  const holding = looks.filter(({ context }) => context.every((id) => path.includes(id)));
  if (holding.length === 0) return null;
  const whole = strongest(
    holding.filter(({ patches }) => patches === null),
    path,
  );
  const named = new Set(holding.flatMap(({ patches }) => [...(patches ?? [])]));
  const patches = new Map(
    [...named].map((id) => {
      const ofPatch = holding.filter((look) => look.patches?.has(id));
      const ofFaces = ofPatch.filter(({ isOfFaces }) => isOfFaces);
      return [id, strongest(ofFaces.length > 0 ? ofFaces : ofPatch, path)!];
    }),
  );
  const { color = null, opacity = null, hasAllFaces = false } = whole ?? {};
  return { color, opacity, hasAllFaces, patches };
}

/** Of looks that hold for an instance the one said highest up, then the closest, then the last. */
function strongest(looks: readonly InstanceLook[], path: readonly number[]): InstanceLook | null {
  let best: { look: InstanceLook; height: number } | null = null;
  for (const look of looks) {
    const height = Math.min(...look.context.map((id) => path.indexOf(id)));
    const isBetter =
      !best || height < best.height || (height === best.height && look.context.length >= best.look.context.length);
    if (isBetter) best = { look, height };
  }
  return best?.look ?? null;
}

/** One look in one context, of all the shapes of a definition that it was said of. */
interface Said {
  id: number;
  context: number[];
  look: Look;
  /** 0: the whole representation. */
  bodies: Set<number>;
  faces: Set<number>;
}

function note(said: Map<string, Said>, { id, body, isFace }: ShapeOwner, context: number[], look: Look, item: number) {
  const key = JSON.stringify([id, context, look.rgb, look.transparency]);
  const one = said.get(key) ?? { id, context, look, bodies: new Set<number>(), faces: new Set<number>() };
  said.set(key, one);
  if (isFace) one.faces.add(item);
  else one.bodies.add(body);
}

/** Bodies of definitions with their faces. */
function shapesOf(
  file: Part21File,
  definitions: ReadonlyMap<number, UsingDefinition>,
  owners: ReadonlyMap<number, ShapeOwner>,
): Map<number, { bodies: Map<number, number[]>; faceCount: number }> {
  const shapes = new Map(
    [...definitions.keys()].map((id) => [id, { bodies: new Map<number, number[]>(), faceCount: 0 }]),
  );
  for (const [item, { id, body, isFace }] of owners) {
    const shape = shapes.get(id)!;
    const isOwn = item === body && isBody(file, item);
    if (isFace || isOwn) shape.bodies.set(body, shape.bodies.get(body) ?? []);
    if (!isFace) continue;
    shape.bodies.get(body)!.push(item);
    shape.faceCount++;
  }
  return shapes;
}

/** The component that a usage places. */
function wholeOf(usage: number, definitions: ReadonlyMap<number, UsingDefinition>): ShapeOwner | undefined {
  for (const { usages } of definitions.values()) {
    const child = usages.find(({ id }) => id === usage)?.child;
    if (child !== undefined) return { id: child, body: 0, isFace: false };
  }
  return undefined;
}

/** Finds the uses and definitions that a context stands for. */
class ContextReader {
  /** Representation → shape that it shows, of uses. */
  private readonly shapeOf = new Map<number, number>();
  /** Relationship that places a component → shape of the usage. */
  private readonly placedBy = new Map<number, number>();
  private readonly usages: ReadonlySet<number>;

  constructor(
    private readonly file: Part21File,
    private readonly facts: ContextFacts,
  ) {
    this.usages = new Set([...facts.definitions.values()].flatMap(({ usages }) => usages.map(({ id }) => id)));
    for (const id of file.idsOf('SHAPE_DEFINITION_REPRESENTATION')) {
      const args = argsOf(file, id);
      this.shapeOf.set(refOf(args?.[1]), refOf(args?.[0]));
    }
    for (const id of file.idsOf('CONTEXT_DEPENDENT_SHAPE_REPRESENTATION')) {
      const args = argsOf(file, id);
      this.placedBy.set(refOf(args?.[0]), refOf(args?.[1]));
      this.placedBy.set(id, refOf(args?.[1]));
    }
  }

  /** Null where one of them is unknown. */
  pathOf(context: readonly number[]): number[] | null {
    const path = context.map((id) => this.placesOf(id, 0));
    return path.length === 0 || path.includes(null) ? null : [...new Set(path.flatMap((places) => places!))];
  }

  private placesOf(id: number, level: number): number[] | null {
    if (this.usages.has(id) || this.facts.definitions.has(id)) return [id];
    if (level > MAX_LEVELS) return null;
    if (this.file.typeOf(id) === HIGHER_USAGE) {
      const args = argsOf(this.file, id);
      const places = [args?.[6], args?.[7]].map((usage) => this.placesOf(refOf(usage), level + 1));
      return places.includes(null) ? null : places.flatMap((one) => one!);
    }
    const { definedBy, ownerOf, usageOfItem } = this.facts;
    const shape = this.placedBy.get(id) ?? this.shapeOf.get(id);
    const next = usageOfItem.get(id) ?? ownerOf.get(id) ?? definedBy.get(id) ?? (shape && definedBy.get(shape));
    return next ? this.placesOf(next, level + 1) : null;
  }
}
