import type { JsonValue } from '../../modules/json.js';
import { familyDefinition } from '../../workflow/families.js';
import { GRAPH_FORMAT, type GraphEdge } from '../../workflow/graph.js';
import { isMixed, splitByFamily } from '../../workflow/splitByFamily.js';
import { openGraph } from '../../workflow/upgradeGraph.js';
import { ConflictError } from '../errors.js';
import type { Platform } from '../platform.js';
import { lockWorkflow, replaceDraft, storable } from './draft.js';
import { createWorkflow } from './workflows.js';

export interface SplitResult {
  workflowId: string;
  /** Ids of the workflows that were made for the other families. */
  madeIds: string[];
  /** Connections that neither has; a person must replace what they carried. */
  cut: GraphEdge[];
}

/** Divides a draft that mixes families, in one step: the draft keeps what its own family may use, every other family's nodes become
 * a workflow of their own. Published versions and their runs stay as they are.
 * @throws NotFoundError; ConflictError `NOT_MIXED`, `DRAFT_CHANGED`, `WORKFLOW_ARCHIVED`. */
export async function splitWorkflow(
  { db, definition, nodeDefinitions }: Pick<Platform, 'db' | 'definition' | 'nodeDefinitions'>,
  input: { workflowId: string; expectedRevision: number },
): Promise<SplitResult> {
  return db.$transaction(async (tx) => {
    const workflow = await lockWorkflow(tx, input.workflowId, input.expectedRevision);
    const { graph } = openGraph(workflow.draft, definition);
    if (!graph || !isMixed(graph, definition))
      throw new ConflictError(`All nodes of "${workflow.name}" belong to its family already.`, 'NOT_MIXED');
    const { parts, cut } = splitByFamily(graph, definition, nodeDefinitions);
    const madeIds: string[] = [];
    for (const { family, graph: part } of parts) {
      if (family === workflow.family) continue;
      const name = `${workflow.name.slice(0, 170)} (${familyDefinition(family).label})`;
      const made = await createWorkflow(
        { db: tx },
        { name, description: workflow.description, family, graph: part as unknown as JsonValue },
      );
      madeIds.push(made.id);
    }
    const { family } = workflow;
    const own = parts.find((part) => part.family === family)?.graph ?? {
      format: GRAPH_FORMAT,
      family,
      nodes: [],
      edges: [],
    };
    await replaceDraft(tx, workflow, storable(own));
    return { workflowId: workflow.id, madeIds, cut };
  });
}
