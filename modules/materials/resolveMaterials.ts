import type { z } from 'zod';
import type { EntryOrderLine, EntryProduct } from '../entry.js';
import { ModuleError } from '../errors.js';
import type { Material, MaterialLibrary, MaterialMap, MaterialProposal, MaterialSource } from '../shapes/materials.js';
import type { Part } from '../shapes/objectTree.js';
import { materialIndex } from './materialIndex.js';
import { ruleBook, ruleSubject, ruleText } from './materialRules.js';
import { PartFinder } from './partNames.js';
import type { ResolveMapParams } from './resolveMapParams.js';

export interface MaterialRequest {
  parts: readonly Part[];
  library: MaterialLibrary;
  product: z.output<typeof EntryProduct> | null;
  orderLine: z.output<typeof EntryOrderLine> | null;
  proposal: MaterialProposal | null;
  params: z.output<typeof ResolveMapParams>;
  /** For previews: takes what is wrong with one part instead of an exception; the part then counts as not decided. */
  report?(part: Part, problem: ModuleError): void;
}

interface Decision {
  source: MaterialSource;
  material: Material | null;
  ruleId: string | null;
}

export type Assignment = MaterialMap['assignments'][number];

/** Decides the material of every part; see MATERIAL_SOURCES for the order. Total: every part is in the result, in the order of `parts`.
 * @throws {ModuleError} `PART_UNKNOWN`, `PART_AMBIGUOUS`, `MATERIAL_UNKNOWN`, `RULE_CONFLICT`; `PARTS_UNMAPPED` where params ask for it. */
export function resolveMaterials(request: MaterialRequest): MaterialMap {
  return mapOf(request, request.parts.map(materialDecider(request)));
}

/** Makes the request ready to decide part by part, for who does not want to do all of it in one go; `mapOf` takes what comes out.
 * Throws what `resolveMaterials` throws. */
export function materialDecider(request: MaterialRequest): (part: Part) => Assignment {
  const chosen = [...chosenByPeople(request)];
  const byRule = ruled(request);
  const decideByRule: Choice = (part) => {
    try {
      return byRule(part);
    } catch (error) {
      if (!request.report || !(error instanceof ModuleError)) throw error;
      request.report(part, error);
      return null;
    }
  };
  return (part) => {
    const decision = chosen.map((choose) => choose(part)).find((found) => found !== null) ?? decideByRule(part);
    return { partId: part.partId, partName: part.name, ...(decision ?? fallback(part, request)) };
  };
}

/** @param assignments - one for each of the parts.
 * @throws {ModuleError} `PARTS_UNMAPPED` where params ask for it. */
export function mapOf({ params }: Pick<MaterialRequest, 'params'>, assignments: Assignment[]): MaterialMap {
  const unmapped = assignments.filter(({ source }) => source === 'default').map(({ partName }) => partName);
  if (unmapped.length > 0 && params.unmapped === 'fail')
    throw new ModuleError(
      'PARTS_UNMAPPED',
      `${unmapped.length} of ${assignments.length} parts have no material: ${unmapped.slice(0, 10).join(', ')}${unmapped.length > 10 ? ' …' : ''}.`,
      'input',
      { parts: unmapped },
    );
  return { assignments, unmapped };
}

type Choice = (part: Part) => Decision | null;

/** Explicit choices, strongest first. All of them are checked, whether they win or not: a wrong name is somebody's mistake. */
function* chosenByPeople({ parts, library, product, orderLine, params }: MaterialRequest): Generator<Choice> {
  const material = materialIndex(library);
  const tables = [
    {
      source: 'order_line',
      table: orderLine?.materialOverrides,
      where: 'The order line',
      path: '/orderLine/materialOverrides',
    },
    { source: 'override', table: params.materials.byPart, where: 'The material override', path: '/materials/byPart' },
    { source: 'override', all: params.materials.all, where: 'The material override', path: '/materials/all' },
    {
      source: 'product',
      table: product?.materialAssignments,
      where: 'The product',
      path: '/product/materialAssignments',
    },
  ] as const;
  const names = tables.flatMap((entry) => ('table' in entry ? Object.keys(entry.table ?? {}) : []));
  const finder = new PartFinder(parts, names);
  for (const entry of tables) {
    const { source, where, path } = entry;
    const decide = (name: string): Decision => ({ source, material: material(name, where, path), ruleId: null });
    if ('all' in entry) {
      const decision = entry.all === undefined ? null : decide(entry.all);
      yield () => decision;
    } else {
      const byName = new Map(
        [...finder.resolve(entry.table ?? {}, where, path)].map(([name, value]) => [name, decide(value)]),
      );
      yield (part) => byName.get(part.name) ?? null;
    }
  }
}

/** A sure proposal counts instead of the rules. */
function ruled({ library, product, proposal, params }: MaterialRequest): Choice {
  const material = materialIndex(library);
  const ruleFor = ruleBook(library.rules, product?.category ?? null);
  const proposed = new Map(proposal?.proposals.map((entry) => [entry.partId, entry]));
  return (part) => {
    const offer = proposed.get(part.partId);
    if (offer && offer.material !== null && offer.confidence >= params.minConfidence)
      return { source: 'rule', material: material(offer.material, 'The material proposal'), ruleId: offer.ruleId };
    const rule = ruleFor(ruleSubject(part));
    return (
      rule && { source: 'rule', material: material(rule.material, `The rule for ${ruleText(rule)}`), ruleId: rule.id }
    );
  };
}

function fallback(part: Part, { library, params }: MaterialRequest): Decision {
  const hasColor = part.color !== null || part.faceColors.length > 0;
  // It is a look, not a material: strict runs do not take it for one.
  if (params.unmapped === 'cad_color' && hasColor) return { source: 'cad_color', material: null, ruleId: null };
  const { defaultMaterial } = params;
  const material =
    defaultMaterial === undefined
      ? null
      : materialIndex(library)(defaultMaterial, 'The default material', '/defaultMaterial');
  return { source: 'default', material, ruleId: null };
}
