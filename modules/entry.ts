import { z } from 'zod';
import type { ArtifactRole } from './artifacts.js';
import { ArtifactContract } from './shapes/artifactContract.js';

/** The order line's product, as far as modules need to know it. */
export const EntryProduct = z.object({
  sku: z.string(),
  name: z.string(),
  category: z.string().nullable(),
  /** Part name → material name, chosen by a person for this product. */
  materialAssignments: z.record(z.string(), z.string()),
});

export const EntryOrderLine = z.object({
  id: z.string(),
  orderNumber: z.string(),
  lineNumber: z.number().int().positive(),
  /** Part name → material name, for this line only; wins over everything. */
  materialOverrides: z.record(z.string(), z.string()),
});

export const EntryOutputType = z.object({
  id: z.string(),
  key: z.string(),
  name: z.string(),
  artifactKind: z.string(),
  /** What a delivered file must be; absent: of the kind, and nothing more. */
  contract: ArtifactContract.optional(),
});

/** What a run is about, by name. An input port that names a slot is bound to it when no edge binds the port.
 * Which slots a run has is decided by its family (workflow/families.ts); the values are fixed at dispatch and stored with the run. */
export const ENTRY_SLOTS = {
  stepSource: { kind: 'artifact', role: 'step_source' },
  materialLibrary: { kind: 'artifact', role: 'material_library' },
  templateLibrary: { kind: 'artifact', role: 'template_library' },
  product: { kind: 'data', schema: EntryProduct },
  orderLine: { kind: 'data', schema: EntryOrderLine },
  outputType: { kind: 'data', schema: EntryOutputType },
} as const satisfies Record<string, { kind: 'artifact'; role: ArtifactRole } | { kind: 'data'; schema: z.ZodType }>;

export type EntrySlot = keyof typeof ENTRY_SLOTS;
