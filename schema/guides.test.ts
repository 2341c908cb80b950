import { readdir, readFile } from 'node:fs/promises';
import { getVariableValues, type OperationDefinitionNode, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from './index.js';

const DOCS = new URL('../docs/', import.meta.url);

const guides = (await readdir(DOCS)).filter((name) => name.endsWith('.md'));
const texts = await Promise.all(
  guides.map(async (name) => [name, await readFile(new URL(name, DOCS), 'utf8')] as const),
);
const found = (pattern: RegExp) =>
  texts.flatMap(([name, text]) => [...text.matchAll(pattern)].map(([, ...parts]) => ({ name, parts })));

test('every GraphQL document of the guides fits the schema', () => {
  const documents = found(/```graphql\n([\s\S]*?)```/g);
  expect(documents.length).toBeGreaterThan(10);
  for (const { name, parts } of documents)
    expect(validate(schema, parse(parts[0]!)), `${name}: ${parts[0]}`).toEqual([]);
});

test('variables that follow a document fit it', () => {
  const examples = found(/```graphql\n((?:(?!```)[\s\S])*)```\n\n```json\n((?:(?!```)[\s\S])*)```/g);
  expect(examples.length).toBeGreaterThan(4);
  for (const { name, parts } of examples) {
    const { variableDefinitions = [] } = parse(parts[0]!).definitions[0] as OperationDefinitionNode;
    const variables = JSON.parse(parts[1]!);
    const { errors } = getVariableValues(schema, variableDefinitions, variables);
    expect(errors, `${name}: ${parts[1]}`).toBeUndefined();
    const known = variableDefinitions.map(({ variable }) => variable.name.value);
    expect(known, `${name}: ${parts[1]}`).toEqual(expect.arrayContaining(Object.keys(variables)));
  }
});

test('what the guides have curl send fits the schema', () => {
  const bodies = found(/curl [^`]*? -d '([^']*)'/g);
  expect(bodies.length).toBeGreaterThan(1);
  for (const { name, parts } of bodies)
    expect(validate(schema, parse(JSON.parse(parts[0]!).query)), `${name}: ${parts[0]}`).toEqual([]);
});
