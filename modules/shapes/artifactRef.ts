import { z } from 'zod';
import { ARTIFACT_ROLES, type ArtifactRef, type ArtifactRole } from '../artifacts.js';

/** A file named inside another artifact (a texture in a material, the scene of a template). The name carries the content hash,
 * so whatever holds it changes its own hash when the file does, and `ctx.artifacts.path` opens it like any input. */
export const FileRef = z.object({
  id: z.uuid(),
  role: z.enum(Object.keys(ARTIFACT_ROLES) as [ArtifactRole, ...ArtifactRole[]]),
  mediaType: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  byteSize: z.number().int().nonnegative(),
  fileName: z.string(),
  metadata: z.record(z.string(), z.json()).default({}),
}) satisfies z.ZodType<ArtifactRef>;
