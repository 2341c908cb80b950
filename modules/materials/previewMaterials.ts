import { ModuleError } from '../errors.js';
import type { MaterialLibrary, MaterialSource } from '../shapes/materials.js';
import type { Part } from '../shapes/objectTree.js';
import { materialIndex } from './materialIndex.js';
import { confidenceOf, fittingRules, ruleSubject, ruleText } from './materialRules.js';
import { PartFinder } from './partNames.js';
import { ResolveMapParams } from './resolveMapParams.js';
import { resolveMaterials } from './resolveMaterials.js';

export interface PreviewPart {
  partId: string;
  partName: string;
  instanceCount: number;
  /** STEP colour of the part, or of all its faces. */
  cadColor: string | null;
  source: MaterialSource;
  /** Null: the CAD colour, or the default of the template. */
  material: string | null;
  ruleId: string | null;
  /** All rules that fit, strongest first, whether they decide or not. */
  fittingRuleIds: string[];
  /** Why: the rule in words. */
  reason: string | null;
  /** How far the rule can be trusted. */
  confidence: number | null;
}

export interface MaterialPreview {
  parts: PreviewPart[];
  /** Names of parts nobody and no rule has decided on. */
  unmapped: string[];
  problems: { code: string; message: string; partName: string | null }[];
}

/** What `materials.resolve_map` would decide with its default params, part by part; what would stop it is listed instead. */
export function previewMaterials(
  parts: readonly Part[],
  library: MaterialLibrary,
  product: { category: string | null; materialAssignments: Readonly<Record<string, string>> } | null,
): MaterialPreview {
  const problems: MaterialPreview['problems'] = [];
  const material = materialIndex(library);
  const finder = new PartFinder(parts, Object.keys(product?.materialAssignments ?? {}));
  const assignments = Object.entries(product?.materialAssignments ?? {}).filter(([part, name]) => {
    try {
      finder.resolve({ [part]: name }, 'The product', '/product/materialAssignments');
      material(name, 'The product');
      return true;
    } catch (error) {
      if (!(error instanceof ModuleError)) throw error;
      problems.push({ code: error.code, message: error.message, partName: part });
      return false;
    }
  });
  const map = resolveMaterials({
    parts,
    library,
    product: product && {
      sku: '',
      name: '',
      category: product.category,
      materialAssignments: Object.fromEntries(assignments),
    },
    orderLine: null,
    proposal: null,
    params: ResolveMapParams.parse({}),
    report: (part, { code, message }) => problems.push({ code, message, partName: part.name }),
  });
  const rules = new Map(library.rules.map((rule) => [rule.id, rule]));
  const fitting = fittingRules(library.rules, product?.category ?? null);
  return {
    parts: parts.map((part, index): PreviewPart => {
      const { source, material, ruleId } = map.assignments[index]!;
      const rule = ruleId === null ? undefined : rules.get(ruleId);
      const subject = ruleSubject(part);
      return {
        partId: part.partId,
        partName: part.name,
        instanceCount: part.instanceCount,
        cadColor: subject.color,
        source,
        material: material?.name ?? null,
        ruleId,
        fittingRuleIds: fitting(subject).map(({ id }) => id),
        reason: rule ? ruleText(rule) : null,
        confidence: rule ? confidenceOf(rule) : null,
      };
    }),
    unmapped: parts
      .filter((_, index) => ['default', 'cad_color'].includes(map.assignments[index]!.source))
      .map(({ name }) => name),
    problems,
  };
}
