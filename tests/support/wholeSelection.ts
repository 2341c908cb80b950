import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
} from 'graphql';

const needsNothing = ({ args }: GraphQLField<unknown, unknown>) => !args.some(isRequiredArgument);

/** Everything that can be asked of a type, `depth` objects deep; null where there is nothing. */
export function wholeSelection(type: GraphQLNamedType, depth: number): string | null {
  if (!isObjectType(type) && !isInterfaceType(type)) return isUnionType(type) ? '{ __typename }' : null;
  // The wrappings of a page are not a level of their own.
  const beneath = /(Connection|Edge)$/.test(type.name) ? depth : depth - 1;
  const fields = Object.values(type.getFields())
    .filter(needsNothing)
    .flatMap((field) => {
      const inner = getNamedType(field.type);
      if (isLeafType(inner)) return field.name;
      const selection = beneath > 0 ? wholeSelection(inner, beneath) : null;
      return selection ? `${field.name} ${selection}` : [];
    });
  return fields.length > 0 ? `{ ${fields.join(' ')} }` : null;
}

/** The lists at the root that can be asked for without arguments: their names, with a page of twenty where they have pages. */
export function rootLists(schema: GraphQLSchema): { name: string; args: string; type: GraphQLNamedType }[] {
  return Object.values(schema.getQueryType()!.getFields())
    .filter(needsNothing)
    .flatMap((field) => {
      const type = getNamedType(field.type);
      if (type.name.endsWith('Connection')) return { name: field.name, args: '(first: 20)', type };
      const isList = isListType('ofType' in field.type ? field.type.ofType : field.type);
      return isList ? { name: field.name, args: '', type } : [];
    });
}
