import { readdir, readFile } from 'node:fs/promises';
import { parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from './index.js';

const DOCS = new URL('../docs/', import.meta.url);

test('every GraphQL document of the guides fits the schema', async () => {
  const guides = (await readdir(DOCS)).filter((name) => name.endsWith('.md'));
  const texts = await Promise.all(guides.map(async (name) => [name, await readFile(new URL(name, DOCS), 'utf8')]));
  const documents = texts.flatMap(([name, text]) =>
    [...text!.matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, document]) => ({ name, document: document! })),
  );
  expect(documents.length).toBeGreaterThan(10);
  for (const { name, document } of documents)
    expect(validate(schema, parse(document)), `${name}: ${document}`).toEqual([]);
});
