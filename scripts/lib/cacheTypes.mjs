import { isInterfaceType, isObjectType } from 'graphql';

// Plain JavaScript: the code generator loads it by its path.

/** Writes what the console's cache has to know of the schema: which types there are behind an interface, and which objects
 * have no id, so that they live inside of what holds them (https://nearform.com/open-source/urql/docs/graphcache/normalized-caching/).
 * @type {import('@graphql-codegen/plugin-helpers').PluginFunction} */
export function plugin(schema) {
  const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const embedded = types.filter((type) => isObjectType(type) && !roots.includes(type) && !('id' in type.getFields()));
  const possible = types.filter(isInterfaceType).map((type) => [type.name, names(schema.getPossibleTypes(type))]);
  return [
    `export const EMBEDDED_TYPES: readonly string[] = ${JSON.stringify(names(embedded))};`,
    `export const POSSIBLE_TYPES: Record<string, string[]> = ${JSON.stringify(Object.fromEntries(possible))};`,
  ].join('\n');
}

const names = (types) => types.map(({ name }) => name);
