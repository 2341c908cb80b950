import {
  astFromValue,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  print,
} from 'graphql';
import { encodeGlobalId } from '../../schema/globalId.js';

/** No row has it. */
export const NOWHERE = '00000000-0000-7000-8000-000000000000';

const HARMLESS: Record<string, unknown> = {
  String: 'x',
  ID: encodeGlobalId('Order', NOWHERE),
  Int: 1,
  Float: 1,
  Boolean: true,
  JSON: {},
  DateTime: '2026-01-01T00:00:00Z',
};

type Slot = GraphQLArgument | GraphQLInputField;
const isNeeded = ({ type, defaultValue }: Slot) => isNonNullType(type) && defaultValue === undefined;
/** What must be there, and means nothing. */
export const needed = (slots: readonly Slot[]): Record<string, unknown> =>
  Object.fromEntries(slots.filter(isNeeded).map(({ name, type }) => [name, harmless(type)]));

/** Something of this type that means nothing, with only what must be there. */
function harmless(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return harmless(type.ofType);
  if (isListType(type)) return [harmless(type.ofType)];
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (isInputObjectType(type)) return needed(Object.values(type.getFields()));
  return HARMLESS[type.name] ?? null;
}

/** A value at one place of an input, and all else harmless. */
function* placed(type: GraphQLInputType, at: string, values: Values): Generator<{ where: string; value: unknown }> {
  if (isNonNullType(type)) yield* placed(type.ofType, at, values);
  else if (isListType(type))
    for (const { where, value } of placed(type.ofType, `${at}/0`, values)) yield { where, value: [value] };
  else if (isInputObjectType(type)) {
    for (const { name, type: inner } of Object.values(type.getFields()))
      for (const { where, value } of placed(inner, `${at}/${name}`, values))
        yield { where, value: { ...(harmless(type) as object), [name]: value } };
  } else for (const value of values[type.toString()] ?? []) yield { where: `${at} = ${JSON.stringify(value)}`, value };
}

/** What to try, by the name of the scalar. */
export type Values = Readonly<Record<string, readonly unknown[]>>;

/** Variables with each value at each place of its type, one at a time. */
export function* everywhere(args: readonly GraphQLArgument[], values: Values) {
  for (const { name, type } of args)
    for (const { where, value } of placed(type, name, values))
      yield { where, variables: { ...needed(args), [name]: value } as Record<string, unknown> };
}

/** Whether a file must come along, which JSON cannot carry. */
export function takesFile({ type }: Slot): boolean {
  const named = getNamedType(type);
  return named.name === 'File' || (isInputObjectType(named) && Object.values(named.getFields()).some(takesFile));
}

const byDefault = ({ defaultValue, type }: GraphQLArgument) =>
  defaultValue === undefined ? '' : ` = ${print(astFromValue(defaultValue, type)!)}`;

/** A document that passes all arguments of a root field on as variables. */
export function passingOn(
  kind: 'query' | 'mutation',
  name: string,
  args: readonly GraphQLArgument[],
  selection: string,
) {
  const declared = args.map((arg) => `$${arg.name}: ${arg.type}${byDefault(arg)}`).join(', ');
  const passed = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  return `${kind} (${declared}) { it: ${name}(${passed}) ${selection} }`;
}
