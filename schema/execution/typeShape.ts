import {
  type GraphQLAbstractType,
  type GraphQLEnumType,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { jsonText } from './jsonText.js';

/** A value as JSON. @throws Error when the type has nothing for it */
type WriteLeaf = (value: unknown) => string;

/** What completing a value of a type takes (GraphQL specification, section 6.4.3), told apart once and not once a value. */
export type TypeShape = { isNullable: boolean } & (
  | { kind: 'leaf'; typeName: string; write: WriteLeaf }
  | { kind: 'list'; item: TypeShape }
  | { kind: 'object'; type: GraphQLObjectType }
  | { kind: 'abstract'; type: GraphQLAbstractType }
);

export function typeShape(type: GraphQLOutputType): TypeShape {
  if (isNonNullType(type)) return { ...typeShape(type.ofType), isNullable: false };
  if (isListType(type)) return { isNullable: true, kind: 'list', item: typeShape(type.ofType) };
  if (isLeafType(type)) return { isNullable: true, kind: 'leaf', typeName: type.name, write: leafWriter(type) };
  if (isObjectType(type)) return { isNullable: true, kind: 'object', type };
  return { isNullable: true, kind: 'abstract', type };
}

const writers = new WeakMap<GraphQLLeafType, WriteLeaf>();

function leafWriter(type: GraphQLLeafType): WriteLeaf {
  let writer = writers.get(type);
  if (!writer) {
    writer = isEnumType(type) ? enumWriter(type) : (SHORT[type.name]?.(type) ?? ((value) => serialized(type, value)));
    writers.set(type, writer);
  }
  return writer;
}

function enumWriter(type: GraphQLEnumType): WriteLeaf {
  const ready = new Map(type.getValues().map(({ name, value }) => [value, jsonText(name)]));
  return (value) => ready.get(value) ?? serialized(type, value);
}

const textWriter =
  (type: GraphQLLeafType): WriteLeaf =>
  (value) =>
    typeof value === 'string' ? jsonText(value) : serialized(type, value);

/** Shorter ways for values of the kind that the scalar is made for, on which its `serialize` changes nothing. */
const SHORT: Record<string, (type: GraphQLLeafType) => WriteLeaf> = {
  String: textWriter,
  ID: textWriter,
  Int: (type) => (value) => (value === ((value as number) | 0) ? `${value}` : serialized(type, value)),
  Boolean: (type) => (value) => (value === true ? 'true' : value === false ? 'false' : serialized(type, value)),
};

function serialized(type: GraphQLLeafType, value: unknown): string {
  const one = type.serialize(value) ?? null;
  if (one === null) throw new Error(`"${type}" made nothing of its value.`);
  return jsonText(one);
}
