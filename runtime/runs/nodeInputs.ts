import type { ArtifactRef } from '../../modules/artifacts.js';
import type { ProductionModule } from '../../modules/define.js';
import type { JsonObject, JsonValue } from '../../modules/json.js';
import type { Binding, PlannedNode } from '../../workflow/plan.js';

/** What travels over a port, as stored: a file by reference, or data by value. */
export type PortValue = { artifact: ArtifactRef } | { data: JsonValue };
/** Outputs of a node run by port; lists on `many` ports. */
export type PortValues = Record<string, PortValue | PortValue[]>;

/** All values of all ports. */
export const allValues = (ports: PortValues): PortValue[] => Object.values(ports).flat();

/** The files among them. */
export const artifactsIn = (ports: PortValues): ArtifactRef[] =>
  allValues(ports).flatMap((value) => ('artifact' in value ? [value.artifact] : []));

/** The values bound to a planned node's input ports, in edge order (those of a `many` output in its order); empty for a port nothing reached.
 * @param outputsOf outputs of an earlier node by plan position.
 * @param entry the run's entry: slot → artifact reference or data. */
export function boundInputs(
  node: PlannedNode,
  module: ProductionModule,
  outputsOf: (idx: number) => PortValues | null | undefined,
  entry: JsonObject | null,
): Record<string, PortValue[]> {
  const valuesAt = (binding: Binding, isArtifact: boolean): PortValue[] => {
    if (binding.from === 'node') return [outputsOf(binding.idx)?.[binding.port] ?? []].flat();
    const value = entry?.[binding.slot];
    if (value === undefined || value === null) return [];
    return [isArtifact ? { artifact: value as unknown as ArtifactRef } : { data: value }];
  };
  return Object.fromEntries(
    Object.entries(node.bindings).map(([port, bindings]) => {
      const isArtifact = module.inputs[port]?.kind === 'artifact';
      return [port, bindings.flatMap((binding) => valuesAt(binding, isArtifact))];
    }),
  );
}
