import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importCadFile } from '../runtime/library/cadFiles.js';
import { openPlatform, type Platform } from '../runtime/platform.js';
import { encodeGlobalId } from '../schema/globalId.js';
import { createTestDatabase, type TestDatabase } from '../tests/support/database.js';
import { ADMIN_TOKEN, apiAt } from '../tests/support/testApp.js';
import { endOf } from '../tests/support/testRuns.js';

const project = fileURLToPath(new URL('..', import.meta.url));
let database: TestDatabase;
let home: string;
let platform: Platform;
const children: ChildProcess[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  home = await mkdtemp(path.join(tmpdir(), 'hartomat-packages-'));
  // As npm would leave it in the data directory.
  await cp(path.join(project, 'docs/examples/own-module'), path.join(home, 'node_modules/@studio/hartomat-modules'), {
    recursive: true,
  });
  const settings = {
    port: 0,
    host: '127.0.0.1',
    home,
    databaseUrl: database.url,
    redisUrl: null,
    artifactDir: path.join(home, 'artifacts'),
    blenderPath: null,
    adminToken: ADMIN_TOKEN,
    modulePackages: [],
  };
  platform = await openPlatform(settings, { log: pino({ level: 'silent' }), maxConnections: 3 });
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await platform?.close();
  await database?.drop();
  await rm(home, { recursive: true, force: true });
});

/** Starts the real program and waits until it says that it is ready, or ends. */
async function start(main: string, args: string[] = [], modulePackages = '@studio/hartomat-modules') {
  const child = fork(path.join(project, main), args, {
    cwd: project,
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      ...process.env,
      PORT: '0',
      DATABASE_URL: database.url,
      HARTOMAT_HOME: home,
      HARTOMAT_ADMIN_TOKEN: ADMIN_TOKEN,
      HARTOMAT_MODULES: modulePackages,
    },
  });
  children.push(child);
  let said = '';
  child.stderr!.on('data', (chunk) => {
    said += chunk;
  });
  const [first] = await Promise.race([once(child, 'message'), once(child, 'close')]);
  if (typeof first === 'object' && first) return { url: (first as { url?: string }).url ?? '', said };
  return { url: '', said };
}

test('a module of another package has a panel, runs in a workflow, and upgrades its old params', async () => {
  const [server] = await Promise.all([start('server/main.ts'), start('worker/main.ts', ['--capabilities', 'cpu,cad'])]);
  const gql = async (query: string, variables = {}) => {
    const { data, errors } = await apiAt(server.url).gql(query, variables);
    expect(errors).toBeUndefined();
    return data;
  };

  const { nodeDefinition } = await gql(
    '{ nodeDefinition(step: "studio.estimate_weight") { label category icon version paramSchema uiSchema etag } }',
  );
  expect(nodeDefinition).toMatchObject({
    label: 'Estimate weight',
    category: 'own',
    icon: 'tag',
    version: 2,
    paramSchema: { properties: { densityGCm3: { minimum: 0.01, maximum: 25, default: 7.85 } } },
    uiSchema: {
      elements: [
        { type: 'Group', label: 'Material' },
        { type: 'Group', label: 'Exceptions' },
      ],
    },
  });

  // Stored when the module was at version 1.
  const graph = {
    format: 1,
    family: 'cad_file',
    nodes: [
      { id: 'step', step: 'resolve_step_path' },
      { id: 'objects', step: 'extract_objects' },
      { id: 'weight', step: 'studio.estimate_weight', params: { densityKgM3: 2700 } },
    ],
    edges: [
      { from: { node: 'step', port: 'step' }, to: { node: 'objects', port: 'step' } },
      { from: { node: 'objects', port: 'objects' }, to: { node: 'weight', port: 'objects' } },
    ],
  };
  const workflow = await platform.db.workflow.create({
    data: {
      key: 'weigh',
      name: 'Weigh',
      family: 'cad_file',
      draft: graph,
      versions: { create: { number: 1, graph } },
    },
  });
  const cadFile = await importCadFile(platform, {
    name: 'bearing.step',
    content: createReadStream(path.join(project, 'tests/fixtures/step/bearing-6205.step')),
  });
  const workflowId = encodeGlobalId('Workflow', workflow.id);
  expect(
    (
      await gql(
        'query($id: ID!) { workflow(id: $id) { draft findings { code message } draftUpgrade { nodes { nodeId fields { path before after } } } } }',
        { id: workflowId },
      )
    ).workflow,
  ).toMatchObject({
    draftUpgrade: {
      nodes: [
        {
          nodeId: 'weight',
          fields: expect.arrayContaining([
            { path: '/params/densityKgM3', before: 2700, after: null },
            { path: '/params/densityGCm3', before: null, after: 2.7 },
          ]),
        },
      ],
    },
    draft: { nodes: expect.arrayContaining([expect.objectContaining({ version: 2, params: { densityGCm3: 2.7 } })]) },
    findings: expect.arrayContaining([
      {
        code: 'NODE_UPGRADED',
        message:
          '“Estimate weight” was brought from version 1 of its module to 2: “densityKgM3” became “Density (g/cm³)”.',
      },
    ]),
  });

  const { dispatch } = await gql(
    'mutation($input: DispatchInput!) { dispatch(input: $input) { __typename ... on Run { id } ... on Error { message } } }',
    { input: { workflowId, cadFileId: encodeGlobalId('CadFile', cadFile.id) } },
  );
  expect(dispatch).toMatchObject({ __typename: 'Run' });
  const run = await platform.db.run.findFirstOrThrow();
  expect(await endOf(platform, run.id)).toBe('succeeded');
  const nodes = await platform.db.nodeRun.findMany({ where: { runId: run.id }, orderBy: { idx: 'asc' } });
  const { weight } = nodes.at(-1)!.outputs as any;
  const volume = weight.data.parts.reduce((sum: number, part: any) => sum + (part.gramsEach / 2.7) * part.count, 0);
  // A 6205 weighs 0.13 kg in steel; in aluminium about a third of that.
  expect(weight.data.totalGrams).toBeCloseTo(volume * 2.7);
  expect(weight.data.totalGrams).toBeGreaterThan(30);
  expect(weight.data.totalGrams).toBeLessThan(60);
});

test('a package that cannot be loaded is one clear line at the start', async () => {
  const { said } = await start('server/main.ts', [], '@studio/hartomat-modules, @studio/no-such-package');
  expect(said.trim()).toMatch(
    /^HARTOMAT_MODULES names the module package "@studio\/no-such-package", which is not there\. .*$/,
  );
});
