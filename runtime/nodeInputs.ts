import type { ArtifactRef } from '../modules/artifacts.js';
import type { ProductionModule } from '../modules/define.js';
import type { JsonObject, JsonValue } from '../modules/json.js';
import type { Binding, PlannedNode } from '../workflow/plan.js';

/** What travels over a port, as stored: a file by reference, or data by value. */
export type PortValue = { artifact: ArtifactRef } | { data: JsonValue };
/** Outputs of a node run by port. */
export type PortValues = Record<string, PortValue>;

/** The values bound to a planned node's input ports, in edge order; empty for a port nothing reached.
 * @param outputsOf outputs of an earlier node by plan position.
 * @param entry the run's entry: slot → artifact reference or data. */
export function boundInputs(
  node: PlannedNode,
  module: ProductionModule,
  outputsOf: (idx: number) => PortValues | null | undefined,
  entry: JsonObject | null,
): Record<string, PortValue[]> {
  const valueAt = (binding: Binding, isArtifact: boolean): PortValue | undefined => {
    if (binding.from === 'node') return outputsOf(binding.idx)?.[binding.port];
    const value = entry?.[binding.slot];
    if (value === undefined || value === null) return undefined;
    return isArtifact ? { artifact: value as unknown as ArtifactRef } : { data: value };
  };
  return Object.fromEntries(
    Object.entries(node.bindings).map(([port, bindings]) => {
      const isArtifact = module.inputs[port]?.kind === 'artifact';
      return [port, bindings.map((binding) => valueAt(binding, isArtifact)).filter((value) => value !== undefined)];
    }),
  );
}
