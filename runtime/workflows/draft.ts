import type { Prisma } from '../../generated/prisma/client.js';
import { canonicalGraph, canonicalGraphJson, MAX_FILE_BYTES } from '../../workflow/canonical.js';
import type { WorkflowGraph } from '../../workflow/graph.js';
import { ValidationError } from '../errors.js';

/** A graph as drafts and versions keep it.
 * @throws ValidationError `WORKFLOW_TOO_LARGE`: as a file nobody could import it again. */
export function storable(graph: WorkflowGraph): Prisma.InputJsonObject {
  const canonical = canonicalGraph(graph);
  if (Buffer.byteLength(canonicalGraphJson(canonical)) > MAX_FILE_BYTES)
    throw new ValidationError(
      'The workflow is too large: as a file it has more than 2 MB.',
      [{ path: '/graph', message: 'At most 2 MB, written as a file.' }],
      [],
      'WORKFLOW_TOO_LARGE',
    );
  return canonical as unknown as Prisma.InputJsonObject;
}
