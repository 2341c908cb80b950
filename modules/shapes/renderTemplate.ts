import { z } from 'zod';

const Hex = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'A colour like #ffffff.');
const Unit = z.number().min(0).max(1);

/** A parametric studio set-up. Distances and sizes are in radii of the product's bounding sphere, so one template fits a screw and a conveyor. */
export const RenderTemplate = z.object({
  name: z.string().min(1),
  label: z.string(),
  version: z.number().int().positive(),
  camera: z.object({
    /** Degrees about the vertical axis; 0 looks along +Y, counter-clockwise seen from above. */
    azimuthDeg: z.number().min(-360).max(360),
    elevationDeg: z.number().min(-89).max(89),
    lensMm: z.number().min(10).max(300),
    /** Free space round the product; 1.1 leaves ten per cent. */
    margin: z.number().min(1).max(3),
  }),
  lights: z.array(
    z.object({
      name: z.string(),
      /** Counted from the camera's azimuth, so that every view is lit alike. */
      azimuthDeg: z.number(),
      elevationDeg: z.number(),
      distance: z.number().positive(),
      size: z.number().positive(),
      /** Watts at radius 1 m; scaled with the square of the radius. */
      power: z.number().nonnegative(),
      color: Hex,
    }),
  ),
  world: z.object({
    /** Overhead. */
    color: Hex,
    /** At eye level and below: metal shows its form only by the contrast it mirrors. Absent: like `color`. */
    horizonColor: Hex.optional(),
    strength: z.number().nonnegative(),
  }),
  floor: z.object({ shadowCatcher: z.boolean() }),
  colorManagement: z.object({ viewTransform: z.enum(['Standard', 'Filmic']), exposure: z.number().min(-10).max(10) }),
  engines: z.array(z.enum(['cycles', 'eevee', 'workbench'])).min(1),
  defaultMaterial: z.object({ baseColor: Hex, metallic: Unit, roughness: Unit }),
});
export type RenderTemplate = z.output<typeof RenderTemplate>;

/** Content of a `template_library` artifact. */
export const TemplateLibrary = z.object({ templates: z.array(RenderTemplate) });
export type TemplateLibrary = z.output<typeof TemplateLibrary>;
