import { z } from 'zod';

const Hex = z.string().regex(/^#[0-9a-f]{6}$/);
const Vec3 = z.tuple([z.number(), z.number(), z.number()]);

export const BboxMm = z.object({ min: Vec3, max: Vec3 });
/** `min` and `max` corner, millimetres, CAD axes as authored (usually Z up). */
export type BboxMm = z.output<typeof BboxMm>;

/** Content of a `bbox` artifact. */
export const Bbox = z.object({
  bboxMm: BboxMm,
  sizeMm: Vec3,
  centreMm: Vec3,
  /** Half the box's diagonal: the radius of a sphere round the centre that holds everything. */
  radiusMm: z.number().nonnegative(),
});
export type Bbox = z.output<typeof Bbox>;

/** Faces that look alike. */
export const SurfaceLook = z.object({
  /** sRGB hex; null where the file gives none. */
  color: Hex.nullable(),
  /** 0 (clear) to 1. */
  opacity: z.number().min(0).max(1),
  faceCount: z.number().int().positive(),
  /** Of the part's surface, 0 to 1. */
  areaShare: z.number().min(0).max(1),
});
export type SurfaceLook = z.output<typeof SurfaceLook>;

/** A unique shape: many instances may share it. */
export const Part = z.object({
  /** Stable within one file content: `p0`, `p1`, … in order of first appearance. GLB nodes carry it as `extras.partId`. */
  partId: z.string(),
  /** Product name from the file; may repeat and may be empty (then a name is made up: "Part 3"). */
  name: z.string(),
  /** sRGB hex of the whole part, null where the file gives none. */
  color: Hex.nullable(),
  faceColors: z.array(Hex),
  /** 0 (clear) to 1. Absent in trees from before version 3 of `cad.extract_objects`, like all optional fields here. */
  opacity: z.number().min(0).max(1).optional(),
  /** All its faces by how they look, the largest area first. Absent in trees from before version 9. */
  surfaces: z.array(SurfaceLook).optional(),
  instanceCount: z.number().int().positive(),
  triangleCount: z.number().int().nonnegative(),
  surfaceAreaMm2: z.number().nonnegative(),
  volumeMm3: z.number().nonnegative(),
});
export type Part = z.output<typeof Part>;

export interface ObjectNode {
  /** Path of instance names from the root, `/`-joined with `~1` for a slash: stable for one file content. */
  objectId: string;
  kind: 'assembly' | 'part';
  /** Product name. */
  name: string;
  /** Name of this occurrence ("Ball:3"), null for the root. */
  instanceName: string | null;
  /** Set on parts. */
  partId: string | null;
  /** sRGB hex and opacity (0, clear, to 1) of an instance that looks otherwise than its part. */
  color?: string;
  opacity?: number;
  /** The faces of such an instance by how they look, where not as on its part. */
  surfaces?: SurfaceLook[];
  bboxMm: BboxMm;
  /** Of everything below, each instance counted, scaled as it is placed. */
  triangleCount?: number;
  surfaceAreaMm2?: number;
  /** Open shells count 0. */
  volumeMm3?: number;
  children: ObjectNode[];
}
export const ObjectNode: z.ZodType<ObjectNode> = z.object({
  objectId: z.string(),
  kind: z.enum(['assembly', 'part']),
  name: z.string(),
  instanceName: z.string().nullable(),
  partId: z.string().nullable(),
  color: Hex.optional(),
  opacity: z.number().min(0).max(1).optional(),
  surfaces: z.array(SurfaceLook).optional(),
  bboxMm: BboxMm,
  triangleCount: z.number().int().nonnegative().optional(),
  surfaceAreaMm2: z.number().nonnegative().optional(),
  volumeMm3: z.number().nonnegative().optional(),
  get children() {
    return z.array(ObjectNode);
  },
});

/** Content of an `object_tree` artifact. */
export const ObjectTree = z.object({
  /** Unit the file declares; all numbers here are millimetres whatever it is. */
  declaredUnit: z.string(),
  /** FILE_SCHEMA of the header, for example `AUTOMOTIVE_DESIGN` (AP214). */
  schema: z.string(),
  parts: z.array(Part),
  roots: z.array(ObjectNode),
  /** What was lost or odd while reading, one sentence each. */
  warnings: z.array(z.string()),
});
export type ObjectTree = z.output<typeof ObjectTree>;
