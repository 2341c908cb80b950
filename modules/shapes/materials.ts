import { z } from 'zod';

const Hex = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'A colour like #b8bcc2.');
const Unit = z.number().min(0).max(1);

/** A physically based material, in glTF 2.0 metallic-roughness terms. Colours are sRGB hex. */
export const Material = z.object({
  name: z.string().min(1),
  label: z.string(),
  baseColor: Hex,
  metallic: Unit.default(0),
  roughness: Unit.default(0.5),
  transmission: Unit.default(0),
  clearcoat: Unit.default(0),
  ior: z.number().min(1).max(3).default(1.5),
});
export type Material = z.output<typeof Material>;

/** Maps parts to a material. All conditions that are set must hold; the highest priority wins. */
export const MaterialRule = z.object({
  id: z.string(),
  /** Higher wins; two rules of equal priority on one part are an authoring error. */
  priority: z.number().int(),
  /** Product category the rule is for; null: all. */
  category: z.string().nullable(),
  /** Case-insensitive glob on the normalised part name (`*ring*`); null: any name. */
  partNamePattern: z.string().nullable(),
  /** STEP colour, sRGB hex; null: any colour. */
  cadColor: Hex.nullable(),
  material: z.string(),
});
export type MaterialRule = z.output<typeof MaterialRule>;

/** Content of a `material_library` artifact. */
export const MaterialLibrary = z.object({ materials: z.array(Material), rules: z.array(MaterialRule) });
export type MaterialLibrary = z.output<typeof MaterialLibrary>;

/** What decided a part's material, strongest first. `override`: the param `materials` of workflow or output type. */
export const MATERIAL_SOURCES = ['order_line', 'override', 'product', 'rule', 'cad_color', 'default'] as const;
export type MaterialSource = (typeof MATERIAL_SOURCES)[number];

/** Content of a `material_proposal` artifact. */
export const MaterialProposal = z.object({
  proposals: z.array(
    z.object({
      partId: z.string(),
      partName: z.string(),
      /** Null: nothing fits. */
      material: z.string().nullable(),
      /** 0..1; 1 means a person need not look. */
      confidence: Unit,
      /** The rule that fired, or null. */
      ruleId: z.string().nullable(),
      reason: z.string(),
    }),
  ),
});
export type MaterialProposal = z.output<typeof MaterialProposal>;

/** Content of a `material_map` artifact: every part of the object tree exactly once. */
export const MaterialMap = z.object({
  assignments: z.array(
    z.object({
      partId: z.string(),
      partName: z.string(),
      source: z.enum(MATERIAL_SOURCES),
      ruleId: z.string().nullable(),
      /** Null with source `cad_color`: the part keeps the colours of the CAD file; null with `default`: the render template's default material. */
      material: Material.nullable(),
    }),
  ),
  /** Names of parts that fell through to the default material. */
  unmapped: z.array(z.string()),
});
export type MaterialMap = z.output<typeof MaterialMap>;
