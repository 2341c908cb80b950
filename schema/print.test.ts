import { readFile } from 'node:fs/promises';
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
} from 'graphql';
import { expect, test } from 'vitest';
import { NODE_TYPES } from './globalId.js';
import { schema } from './index.js';
import { printSdl, SDL_FILE } from './print.js';
import { EXPERIMENTAL } from './stability.js';

const types = Object.values(schema.getTypeMap()).filter(
  (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type),
);

test('the committed schema.graphql is the schema', async () => {
  expect(await readFile(SDL_FILE, 'utf8')).toBe(printSdl());
});

test('every type, field, argument, input field and enum value is described', () => {
  const silent: string[] = [];
  const look = (name: string, { description }: { description?: string | null }) => {
    if (!description) silent.push(name);
  };
  for (const type of types) {
    look(type.name, type);
    if (isObjectType(type) || isInterfaceType(type))
      for (const field of Object.values(type.getFields())) {
        look(`${type.name}.${field.name}`, field);
        for (const argument of field.args) look(`${type.name}.${field.name}(${argument.name})`, argument);
      }
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) look(`${type.name}.${field.name}`, field);
    if (isEnumType(type)) for (const value of type.getValues()) look(`${type.name}.${value.name}`, value);
  }
  expect(silent).toEqual([]);
});

test('every mutation answers with a union of what was asked for and the errors that are expected', () => {
  const without = Object.values(schema.getMutationType()!.getFields()).filter(({ type }) => {
    const answer = getNamedType(type);
    const errors = isUnionType(answer) ? answer.getTypes().filter(({ name }) => name.endsWith('Error')) : [];
    return errors.length === 0 || errors.some((error) => error.getInterfaces()[0]?.name !== 'Error');
  });
  expect(without.map(({ name }) => name)).toEqual([]);
});

test('what may still change says so where tools show it, and nothing else does', () => {
  const roots = [schema.getQueryType()!, schema.getMutationType()!, schema.getSubscriptionType()!];
  const marked = roots.flatMap((type) =>
    Object.values(type.getFields())
      .filter(({ description }) => description?.includes('Experimental, may change without notice: '))
      .map(({ name }) => `${type.name}.${name}`),
  );
  expect(marked.sort()).toEqual(Object.keys(EXPERIMENTAL).sort());
});

test('what is deprecated says what to use instead', () => {
  const deprecated = [...printSdl().matchAll(/@deprecated(\(reason: "(.*?)"\))?/g)].map(([, , reason]) => reason ?? '');
  for (const reason of deprecated) expect(reason).toMatch(/[Uu]se `.+`/);
});

test('global ids know every type that is a Node', () => {
  const nodes = types.filter((type) => isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node'));
  expect(nodes.map(({ name }) => name).sort()).toEqual(Object.keys(NODE_TYPES).sort());
});

test('in inputs, ids say what they are of', () => {
  const nameless = types.flatMap((type) =>
    isInputObjectType(type) && ('id' in type.getFields() || 'ids' in type.getFields()) ? [type.name] : [],
  );
  expect(nameless).toEqual([]);
});
