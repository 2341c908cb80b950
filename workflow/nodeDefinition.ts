import type { Family, ProductionModule } from '../modules/define.js';
import type { JsonObject } from '../modules/json.js';

/** A production module as graphs and editors see it. The look lives here, never in the module. */
export interface NodeDefinition {
  /** Stable key; stored in graphs, so it never changes. */
  step: string;
  module: ProductionModule;
  label: string;
  description: string;
  /** Key of a palette group of every family the module is for (workflow/families.ts). */
  category: string;
  /** Name of an icon the client knows. */
  icon: string;
  /** JSONForms UI schema of the settings panel. */
  uiSchema: JsonObject;
}

export type DefinitionLookup = (step: string) => NodeDefinition | undefined;

/** A lookup over a plain record, safe against inherited names. */
export function lookupIn(definitions: Readonly<Record<string, NodeDefinition>>): DefinitionLookup {
  return (step) => (Object.hasOwn(definitions, step) ? definitions[step] : undefined);
}

/** Those that may be placed in workflows of the family, or all, in the order given. */
export function definitionsOfFamily(definitions: readonly NodeDefinition[], family?: Family): NodeDefinition[] {
  return definitions.filter((definition) => family === undefined || isOfFamily(definition, family));
}

/** Whether nodes of this definition belong into graphs of the family. */
export function isOfFamily(definition: NodeDefinition, family: Family): boolean {
  return definition.module.families.includes(family);
}
