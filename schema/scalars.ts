import { type FloatValueNode, GraphQLError, type IntValueNode, valueFromASTUntyped, visit } from 'graphql';
import { z } from 'zod';
import type { JsonValue } from '../modules/json.js';
import { isKept } from '../workflow/exactJson.js';
import { builder } from './builder.js';

const bad = (message: string) => new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });

/** With its offset: without one, it would be the server's own time that counts. */
const Moment = z.iso.datetime({ offset: true });

function parseDate(value: unknown): Date {
  const date = Moment.safeParse(value).success ? new Date(value as string) : undefined;
  // Years as the database and ISO 8601 both write them.
  const year = date?.getUTCFullYear() ?? 0;
  if (year < 1 || year > 9999)
    throw bad('A DateTime is an ISO 8601 text with its offset, such as "2031-05-04T09:30:00Z".');
  return date!;
}

builder.scalarType('DateTime', {
  description:
    'A moment in time as ISO 8601 text, in answers in UTC with milliseconds: `2031-05-04T09:30:00.000Z`. Any offset is taken: `2031-05-04T11:30:00+02:00`.',
  serialize: (value) => (value instanceof Date ? value : new Date(value as string)).toISOString(),
  parseValue: parseDate,
});

function refuseInexact(node: IntValueNode | FloatValueNode): void {
  if (isKept(node.value)) return;
  const message = `The number ${node.value} cannot be kept, it would become ${Number(node.value)}.`;
  throw new GraphQLError(message, { nodes: node, extensions: { code: 'BAD_USER_INPUT' } });
}

builder.scalarType('JSON', {
  description:
    'Any JSON value. Objects keep their keys as they are; pass them as variables rather than as literals in the document. Numbers are those of JavaScript: what would lose digits (9007199254740993) is refused.',
  serialize: (value) => value,
  parseValue: (value) => value as JsonValue,
  parseLiteral: (node, variables) => {
    visit(node, { IntValue: refuseInexact, FloatValue: refuseInexact });
    return valueFromASTUntyped(node, variables) as JsonValue;
  },
});

builder.scalarType('File', {
  description:
    'A file sent as a part of a GraphQL multipart request (https://github.com/jaydenseric/graphql-multipart-request-spec), at most 25 MB together with the rest of the request.',
  serialize: () => {
    throw bad('A File can only be sent, never read.');
  },
  parseValue: (value) => {
    // By its methods and not its class: the HTTP library may bring a File of its own, and JSON cannot carry functions.
    if (typeof (value as File | null)?.stream !== 'function')
      throw bad('A File must come as a part of a multipart request.');
    return value as File;
  },
  parseLiteral: () => {
    throw bad('A File must come as a part of a multipart request.');
  },
});
