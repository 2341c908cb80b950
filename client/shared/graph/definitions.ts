import type { GraphDefinitionFragment } from '../../gql/graphql.js';
import { type FragmentType, graphql, readFragment } from '../../gql/index.js';

/** What a graph needs to know of a node definition to draw it. */
export const GraphDefinition = graphql(`
  fragment GraphDefinition on NodeDefinition {
    step
    version
    families
    label
    description
    category
    icon
    inputContract {
      name
      kind
      description
      isRequired
      takesMany
      roles
      entrySlot
    }
    outputContract {
      name
      kind
      description
      roles
    }
  }
`);

export type Definitions = ReadonlyMap<string, GraphDefinitionFragment>;

export function definitionsByStep(list: readonly FragmentType<typeof GraphDefinition>[] | undefined): Definitions {
  return new Map(readFragment(GraphDefinition, list ?? []).map((definition) => [definition.step, definition]));
}
