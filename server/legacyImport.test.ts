import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { createCatalogue } from '../tests/support/testData.js';
import { nodeDefinition } from '../workflow/nodeDefinitions.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ definition: nodeDefinition });
  await createCatalogue(app.platform);
});
afterAll(() => app.close());

const IMPORT = `mutation ($input: ImportLegacyOutputTypesInput!) { importLegacyOutputTypes(input: $input) { __typename
  ... on LegacyImport { format isDryRun createdCount unchangedCount failedCount rows { number status name legacyId
    outputType { name visibility sortOrder artifactKind rollout legacySettings pricingTier { key } categories { key } }
    report { key status target } findings { code path } issues { path message } } }
  ... on Error { code message } } }`;
async function importFile(content: string, more: object = {}) {
  const { data, errors } = await app.gql(IMPORT, { input: { content, ...more } });
  expect(errors).toBeUndefined();
  return data.importLegacyOutputTypes;
}
const everything = () => app.platform.db.outputType.findMany({ orderBy: { id: 'asc' } });

const CSV = `\uFEFFID;Name;Render Settings;Pricing Tier;Compatible Categories;is_active;samples;watermark
17;Still 2K;"{""resolution"": ""2k"", ""format"": ""png""}";Standard;bearings;yes;64;logo
18;Turntable;"{""frames"": 24, ""format"": ""mp4""}";standard;Bearings;no;;
19;;{};;;yes;;
20;Broken settings;{not json;;;;;
21;Too dear;{};Gold;Cars;;;
22;Impossible;"{""camera"": ""Front"", ""samples"": 1}";;;;;
17;Still 2K again;{};;;;;
23;Too long;{};;;;;;;more
`;

test('every row of a CSV export is taken in or refused by itself, with what became of each setting', async () => {
  const dry = await importFile(CSV, { isDryRun: true });
  expect(dry).toMatchObject({ format: 'csv', isDryRun: true, createdCount: 3, failedCount: 5 });
  expect(await everything()).toHaveLength(1);

  const made = await importFile(CSV);
  expect(made.rows.map(({ number, status, legacyId }: any) => [number, status, legacyId])).toEqual([
    [1, 'created', '17'],
    [2, 'created', '18'],
    [3, 'failed', null],
    [4, 'failed', null],
    [5, 'failed', '21'],
    [6, 'created', '22'],
    [7, 'failed', '17'],
    [8, 'failed', null],
  ]);
  const [still, film, nameless, broken, dear, , again, long] = made.rows;
  expect(still.outputType).toEqual({
    name: 'Still 2K',
    visibility: 'public',
    sortOrder: 0,
    artifactKind: 'still_image',
    rollout: 'legacy',
    legacySettings: { resolution: '2k', format: 'png', samples: '64', watermark: 'logo' },
    pricingTier: { key: 'standard' },
    categories: [{ key: 'bearings' }],
  });
  expect(still.report).toEqual(
    expect.arrayContaining([
      { key: 'samples', status: 'mapped', target: 'overrides.samples' },
      { key: 'watermark', status: 'unknown', target: null },
    ]),
  );
  expect(still.findings).toContainEqual({ code: 'LEGACY_KEY_UNKNOWN', path: '/watermark' });
  expect(film.outputType).toMatchObject({ artifactKind: 'turntable_video', visibility: 'hidden' });
  const paths = (row: { issues: { path: string }[] }) => row.issues.map(({ path }) => path);
  expect([nameless, broken, dear, again, long].map(paths)).toEqual([
    ['/name'],
    ['/Render Settings'],
    ['/Pricing Tier', '/Compatible Categories'],
    [''],
    [''],
  ]);
  expect(again.issues[0].message).toContain('Row 1');
});

test('importing twice changes nothing, not even what was changed here since', async () => {
  await app.platform.db.outputType.update({ where: { legacyId: '17' }, data: { name: 'Hero still' } });
  const before = await everything();
  const again = await importFile(CSV);
  expect(again).toMatchObject({ createdCount: 0, unchangedCount: 3, failedCount: 5 });
  expect(again.rows[0]).toMatchObject({ status: 'unchanged', name: 'Still 2K', outputType: { name: 'Hero still' } });
  expect(await everything()).toEqual(before);
});

test('two who import the same at once both end with it, and it is there once', async () => {
  const rows = Array.from({ length: 12 }, (_, at) => ({
    id: `twin-${at}`,
    name: 'Twin',
    settings: { samples: at + 1 },
  }));
  const answers = await Promise.all([1, 2, 3].map(() => importFile(JSON.stringify(rows))));
  const statuses = answers.flatMap((answer) => answer.rows.map(({ status }: { status: string }) => status));
  expect(statuses.filter((status) => status === 'created')).toHaveLength(rows.length);
  expect(statuses.filter((status) => status === 'unchanged')).toHaveLength(2 * rows.length);
  expect(await app.platform.db.outputType.count({ where: { legacyId: { startsWith: 'twin-' } } })).toBe(rows.length);
});

test('a JSON export may be a list or have one in it, and its settings need no quotes', async () => {
  const made = await importFile(
    JSON.stringify({
      output_types: [
        { uuid: 'a-1', name: 'Blend', artifactKind: 'blend_file', renderSettings: { samples: 16 }, sortOrder: 3 },
        { name: 'Preview thumb', artifact_kind: 'hologram' },
        { name: 'Transparent JPEG', settings: { transparent: true }, overrides: { deep: [1] } },
        'not a row',
      ],
    }),
  );
  expect(made.format).toBe('json');
  expect(made.rows).toMatchObject([
    { status: 'created', legacyId: 'a-1', outputType: { artifactKind: 'blend_file', sortOrder: 3 } },
    { status: 'failed', issues: [{ path: '/artifact_kind' }] },
    {
      status: 'created',
      legacyId: 'transparent_jpeg',
      outputType: { legacySettings: { transparent: true, overrides: { deep: [1] } } },
    },
    { status: 'failed', issues: [{ path: '', message: 'The row is not an object.' }] },
  ]);
});

test.each([
  ['{"rows": [', 'IMPORT_UNREADABLE'],
  ['{"a": 1}', 'IMPORT_UNREADABLE'],
  ['[]', 'IMPORT_UNREADABLE'],
  ['name,name\nA,B\n', 'IMPORT_UNREADABLE'],
  ['name,description\n"A,never closed\n', 'IMPORT_UNREADABLE'],
  ['[{"id": 9007199254740993, "name": "A"}]', 'IMPORT_UNREADABLE'],
  ['[{"name": "A", "samples": 8, "samples": 16}]', 'IMPORT_UNREADABLE'],
  [JSON.stringify(Array(1001).fill(0)), 'IMPORT_TOO_LONG'],
])('a file that cannot be read as a whole is refused in words (%#)', async (content, code) => {
  const before = await everything();
  expect(await importFile(content)).toMatchObject({ __typename: 'ValidationError', code });
  expect(await everything()).toEqual(before);
});

test('a number in settings of a CSV that would lose digits fails its row, and is named', async () => {
  const made = await importFile(
    'name;settings\nExact;"{""seed"": 9007199254740991}"\nLossy;"{""seed"": 9007199254740993}"\n',
  );
  expect(made.rows).toMatchObject([
    { status: 'created', outputType: { legacySettings: { seed: 9007199254740991 } } },
    { status: 'failed', issues: [{ path: '/settings', message: expect.stringContaining('9007199254740993') }] },
  ]);
});

test('the example of the guide can be taken in as it is, and every column of it is explained', async () => {
  const { data } = await app.gql('{ legacyImportGuide { example columns { names description } } }');
  const { example, columns } = data.legacyImportGuide;
  const { rows } = await importFile(example, { isDryRun: true });
  expect(rows.map(({ status, issues }: any) => [status, issues])).toEqual([
    ['created', []],
    ['created', []],
  ]);
  expect(rows.flatMap(({ report }: any) => report.map(({ status }: any) => status))).not.toContain('unknown');
  const explained = columns.flatMap(({ names }: { names: string[] }) => names);
  expect(explained).toEqual(expect.arrayContaining(example.split('\n')[0].split(',')));
});
