import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

test('every foreign key points to the primary key of its table, as the description of the models takes for granted', async () => {
  const schema = await readFile(new URL('../../prisma/schema.prisma', import.meta.url), 'utf8');
  const models = new Map(
    [...schema.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)].map(([, name, body]) => [name!, body!]),
  );
  const keyOf = (body: string) => /@@id\(\[(.*?)\]\)/.exec(body)?.[1] ?? /^ {2}(\w+) .*@id\b/m.exec(body)?.[1];
  const references = [...models].flatMap(([name, body]) =>
    [...body.matchAll(/^ {2}(\w+) +(\w+)\??.*references: \[(.*?)\]/gm)].map(([, field, target, columns]) => ({
      field: `${name}.${field}`,
      columns,
      key: keyOf(models.get(target!)!),
    })),
  );
  expect(references.length).toBeGreaterThan(20);
  for (const { field, columns, key } of references) expect(columns, field).toBe(key);
});
