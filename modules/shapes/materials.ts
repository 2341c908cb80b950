import { z } from 'zod';
import { FileRef } from './artifactRef.js';

const Hex = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'A colour like #b8bcc2.');
const Unit = z.number().min(0).max(1);

/** Numbers and colours of a material, in glTF 2.0 metallic-roughness terms: what people edit in a form. Colours are sRGB hex. */
export const MaterialProperties = z.object({
  baseColor: Hex.default('#b8bcc2').meta({
    title: 'Base colour',
    description: 'Of metals what they mirror, of everything else what they are.',
  }),
  metallic: Unit.default(0).meta({ title: 'Metallic', description: '1 is metal, 0 everything else.' }),
  roughness: Unit.default(0.5).meta({ title: 'Roughness', description: '0 mirrors, 1 is matt.' }),
  transmission: Unit.default(0).meta({ title: 'Transmission', description: '1 is clear like glass.' }),
  clearcoat: Unit.default(0).meta({ title: 'Clearcoat', description: 'A layer of varnish on top.' }),
  ior: z
    .number()
    .min(1)
    .max(3)
    .default(1.5)
    .meta({ title: 'Index of refraction', description: 'Plastics and glass 1.5, water 1.33.' }),
});
export type MaterialProperties = z.output<typeof MaterialProperties>;

/** What a texture can stand for. All but the base colour hold plain numbers; the normal map is in tangent space, as of OpenGL. */
export const TEXTURE_CHANNELS = ['baseColor', 'metallic', 'roughness', 'normal'] as const;
export type TextureChannel = (typeof TEXTURE_CHANNELS)[number];

const texture = FileRef.extend({ role: z.literal('texture_image') });

/** A tileable texture set. A texture takes the place of the value of the same name. CAD models have no texture coordinates:
 * textures are projected from six sides in the part's own space. */
export const MaterialTextures = z.object({
  /** Length of a tile's side on the product. */
  scaleMm: z.number().min(0.1).max(10_000),
  baseColor: texture.optional(),
  metallic: texture.optional(),
  roughness: texture.optional(),
  normal: texture.optional(),
});
export type MaterialTextures = z.output<typeof MaterialTextures>;

/** A physically based material. */
export const Material = MaterialProperties.extend({
  /** Stable key. */
  name: z.string().min(1),
  label: z.string(),
  textures: MaterialTextures.optional(),
  /** A material of a .blend file, which Blender then takes instead of everything above; viewers without Blender keep to that. */
  blendAsset: z
    .object({ file: FileRef.extend({ role: z.literal('material_scene') }), material: z.string().min(1) })
    .optional(),
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
