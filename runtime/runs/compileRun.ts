import { LRUCache } from 'lru-cache';
import type { JsonObject } from '../../modules/json.js';
import { checkGraph } from '../../workflow/checkGraph.js';
import { compilePlan } from '../../workflow/compilePlan.js';
import type { Finding } from '../../workflow/finding.js';
import type { WorkflowGraph } from '../../workflow/graph.js';
import { resolveParams } from '../../workflow/invocation.js';
import type { DefinitionLookup } from '../../workflow/nodeDefinition.js';
import type { Plan } from '../../workflow/plan.js';
import { ValidationError } from '../errors.js';

/** Values that win over the workflow's own, weakest first. */
export interface InvocationLayers {
  outputType?: JsonObject;
  orderLine?: JsonObject;
}

export interface CompiledRun {
  graph: WorkflowGraph;
  plan: Plan;
  /** Where every effective param comes from, by node id. */
  origins: JsonObject;
  /** What did not stand in the way: dropped and unused settings. */
  findings: Finding[];
}

const KEEP = 200;

/** Turns stored graphs into runnable plans. Published versions never change, so what was compiled of them is kept. */
export class RunCompiler {
  private readonly kept = new LRUCache<string, CompiledRun>({ max: KEEP });

  constructor(private readonly definition: DefinitionLookup) {}

  /** @param source `versionId` null: a draft, which may change.
   * @throws ValidationError `WORKFLOW_INVALID` with all findings when the graph or a value cannot run. */
  compile(source: { graph: unknown; versionId: string | null }, layers: InvocationLayers): CompiledRun {
    if (source.versionId === null) return this.compileAnew(source.graph, layers);
    const key = `${source.versionId} ${JSON.stringify(layers)}`;
    const compiled = this.kept.get(key) ?? this.compileAnew(source.graph, layers);
    this.kept.set(key, compiled);
    return compiled;
  }

  private compileAnew(stored: unknown, layers: InvocationLayers): CompiledRun {
    const { graph, findings } = checkGraph(stored, this.definition);
    const refuseErrors = () => {
      const error = findings.find(({ severity }) => severity === 'error');
      if (error)
        throw new ValidationError(`The workflow cannot run: ${error.message}`, [], findings, 'WORKFLOW_INVALID');
    };
    refuseErrors();
    const resolved = resolveParams(graph!, this.definition, layers);
    findings.push(...resolved.findings);
    refuseErrors();
    return {
      graph: graph!,
      plan: compilePlan(graph!, this.definition, resolved.params),
      origins: resolved.origins as JsonObject,
      findings,
    };
  }
}
