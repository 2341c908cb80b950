import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Seeded, seed } from '../prisma/seed.js';
import { encodeGlobalId as id } from '../schema/globalId.js';
import { resultOf } from '../tests/support/mutationCalls.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { nodeDefinition } from '../workflow/nodeDefinitions.js';

let app: TestApp;
let seeded: Seeded;
let still: string;
beforeAll(async () => {
  app = await startTestApp({ definition: nodeDefinition });
  seeded = await seed(app.platform);
  still = id('Workflow', (await app.platform.db.workflow.findUniqueOrThrow({ where: { key: 'order_still' } })).id);
});
afterAll(() => app.close());

const ERROR = '... on Error { __typename code message } ... on ValidationError { issues { path message } }';
function call(field: string, type: string, input: object, selection = '') {
  const fields = `... on OutputType { id key name revision rollout isArchived visibility callerParams overrides ${selection} }`;
  return resultOf(app, field, type, `${fields} ${ERROR}`, input);
}
const PAIR = () => ({
  name: 'Hero still',
  family: 'order_line',
  workflowId: still,
  artifactKind: 'still_image',
  contract: { mediaTypes: ['image/png'], widthPx: { max: 512 } },
  overrides: { resolution: { width: 256, height: 256 }, samples: 16 },
  callerParams: { samples: { maximum: 32 }, transparent: {} },
});

describe('the five steps', () => {
  const QUERY = `query ($input: OutputTypeInput!) { outputTypeDraft(input: $input) { isComplete
    family: issues(step: family) { path } workflow: issues(step: workflow) { path } artifact: issues(step: artifact) { path }
    overrides: issues(step: overrides) { path } terms: issues(step: terms) { path }
    workflows { name } artifactKinds { kind mediaTypes } versionNumber overridable { schema defaults } callerForm { schema }
    effectiveParams { nodeId name origin } pricingTiers { key } categories { key } materials { name } } }`;
  const draft = async (input: object) => (await app.gql(QUERY, { input })).data.outputTypeDraft;
  const paths = (issues: { path: string }[]) => issues.map(({ path }) => path);

  test('each says what is wrong with itself and offers what comes next', async () => {
    const empty = await draft({});
    expect([paths(empty.family), paths(empty.artifact), paths(empty.terms)]).toEqual([
      ['/family'],
      ['/artifactKind'],
      ['/name'],
    ]);
    const family = await draft({ family: 'order_line' });
    expect(family.family).toEqual([]);
    expect(family.workflows.map(({ name }: { name: string }) => name)).toEqual([
      'Order .blend',
      'Order still',
      'Order still, turntable and .blend',
      'Order turntable',
    ]);
    const workflow = await draft({ family: 'order_line', workflowId: still });
    expect(workflow).toMatchObject({ workflow: [], versionNumber: 1, artifactKinds: [{ kind: 'still_image' }] });
    const artifact = await draft({ family: 'order_line', workflowId: still, artifactKind: 'blend_file' });
    expect(paths(artifact.artifact)).toEqual(['/artifactKind']);
    expect(artifact.overridable.defaults).toMatchObject({ samples: 64, format: 'png' });
    const overrides = await draft({
      ...PAIR(),
      overrides: { samples: 0 },
      callerParams: { samples: { maximum: 9e9 } },
    });
    expect(paths(overrides.overrides)).toEqual(['/overrides/samples', '/callerParams/samples/maximum']);
    const whole = await draft(PAIR());
    expect(whole).toMatchObject({
      isComplete: true,
      callerForm: { schema: { properties: { samples: { maximum: 32 } } } },
    });
    expect(whole.effectiveParams).toContainEqual({ nodeId: 'still', name: 'samples', origin: 'output_type' });
    expect(whole.pricingTiers.length * whole.categories.length * whole.materials.length).toBeGreaterThan(0);
  });

  test('a workflow of the other family is refused at its step', async () => {
    const { workflow } = await draft({ family: 'order_line', workflowId: id('Workflow', seeded.cadIntake.id) });
    expect(paths(workflow)).toEqual(['/workflowId']);
  });
});

describe('the settings step', () => {
  const QUERY = `query ($input: OutputTypeInput!) { outputTypeDraft(input: $input) { isComplete issues { path message }
    legacyForm { schema uiSchema defaults } legacyPreview { overrides report { key status target } }
    overridable { defaults } nodeOverridable { schema uiSchema defaults } callerForm { schema }
    effectiveParams { nodeId name value origin } } }`;
  const draft = async (input: object) => {
    const { data, errors } = await app.gql(QUERY, { input });
    expect(errors).toBeUndefined();
    return data.outputTypeDraft;
  };
  const OLD = { name: 'Old', family: 'order_line', artifactKind: 'still_image' };

  test('has a field for each old word that fits, and leaves everything else word for word', async () => {
    const legacySettings = {
      width: 512,
      samples: '64',
      format: 'jpeg',
      jpeg_quality: 80,
      hdri: 'sky.hdr',
      watermark: 1,
    };
    const { isComplete, legacyForm, legacyPreview, nodeOverridable } = await draft({ ...OLD, legacySettings });
    expect(isComplete).toBe(true);
    expect(nodeOverridable).toBeNull();
    const fields = Object.keys(legacyForm.schema.properties);
    expect(fields).toEqual(expect.arrayContaining(['width', 'height', 'engine', 'template']));
    for (const none of ['samples', 'watermark', 'frames']) expect(fields).not.toContain(none);
    expect(legacyForm.defaults).toMatchObject({ width: 1024, engine: 'cycles', transparent: false });
    expect(legacyPreview.report).toEqual([
      { key: 'width', status: 'mapped', target: 'overrides.resolution' },
      { key: 'samples', status: 'mapped', target: 'overrides.samples' },
      { key: 'format', status: 'mapped', target: 'overrides.format' },
      { key: 'jpeg_quality', status: 'mapped', target: 'overrides.imageQuality' },
      { key: 'hdri', status: 'ignored', target: null },
      { key: 'watermark', status: 'unknown', target: null },
    ]);
    const film = await draft({ ...OLD, artifactKind: 'turntable_video' });
    expect(Object.keys(film.legacyForm.schema.properties)).toContain('frames');
  });

  test('says of old settings that nothing can be made of them, or not what is sold, before anybody orders', async () => {
    const paths = async (more: object) =>
      (await draft({ ...OLD, ...more })).issues.map(({ path }: { path: string }) => path);
    const cutOut = { legacySettings: { transparent_bg: 'yes' }, overrides: { format: 'jpeg' } };
    expect(await paths(cutOut)).toEqual(['/overrides/format']);
    const large = { contract: { widthPx: { max: 256 } } };
    expect(await paths({ ...large, legacySettings: { resolution: 512 } })).toEqual(['/contract/widthPx']);
    expect(await paths({ ...large, legacySettings: { resolution: 256 } })).toEqual([]);
    expect(await paths({ artifactKind: 'glb_model' })).toEqual(['/artifactKind']);
    // With a workflow the old settings are a part of what it is run with.
    const linked = { workflowId: still, legacySettings: { format: 'jpg', watermark: 'x' } };
    expect(await paths({ ...linked, contract: { mediaTypes: ['image/png'] } })).toEqual(['/contract/mediaTypes']);
    const { effectiveParams, overridable } = await draft({ ...OLD, ...linked });
    expect(effectiveParams).toContainEqual({ nodeId: 'still', name: 'format', value: 'jpeg', origin: 'output_type' });
    expect(overridable.defaults.format).toBe('jpeg');
  });

  test('takes over from the old world where the renderer may stop sampling', async () => {
    const legacySettings = { adaptive: 'on', noise_threshold: '0.02', hdri: 'sky.hdr', lighting_only: true };
    const { issues, effectiveParams, legacyPreview } = await draft({ ...OLD, workflowId: still, legacySettings });
    expect(issues).toEqual([]);
    const sampling = { adaptive: true, threshold: 0.02 };
    expect(effectiveParams).toContainEqual({
      nodeId: 'still',
      name: 'sampling',
      value: sampling,
      origin: 'output_type',
    });
    expect(legacyPreview.overrides).toEqual({ sampling });
    expect(legacyPreview.report.map(({ key, status }: { key: string; status: string }) => [key, status])).toEqual([
      ['adaptive', 'mapped'],
      ['noise_threshold', 'mapped'],
      ['hdri', 'ignored'],
      ['lighting_only', 'ignored'],
    ]);
  });

  test('offers what several nodes take for one node alone, with what it has without', async () => {
    const all = await app.platform.db.workflow.findUniqueOrThrow({ where: { key: 'order_all' } });
    const input = {
      ...{ ...OLD, workflowId: id('Workflow', all.id), overrides: { samples: 32, 'turntable.samples': 8 } },
      callerParams: { 'turntable.samples': { maximum: 16 } },
    };
    const { nodeOverridable, callerForm, effectiveParams, issues } = await draft(input);
    expect(issues).toEqual([]);
    expect(nodeOverridable.defaults).toMatchObject({ 'still.samples': 32, 'turntable.samples': 32 });
    expect(nodeOverridable.uiSchema.elements.map(({ label }: { label: string }) => label)).toContain(
      'Turntable · 1 set',
    );
    expect(nodeOverridable.schema.properties['turntable.samples'].title).toBe('Samples');
    expect(callerForm.schema.properties['turntable.samples']).toMatchObject({
      title: 'Samples (Turntable)',
      ...{ maximum: 16, default: 8 },
    });
    expect(effectiveParams).toContainEqual({
      ...{ nodeId: 'turntable', name: 'samples', value: 8, origin: 'output_type' },
    });
  });
});

describe('an output type', () => {
  test('is made, changed by who saw it last, copied and archived', async () => {
    const made = await call('createOutputType', 'OutputTypeInput', PAIR(), 'inputSchema inputDefaults');
    expect(made).toMatchObject({
      __typename: 'OutputType',
      key: 'hero_still',
      revision: 1,
      rollout: 'graph',
      inputSchema: { properties: { samples: { maximum: 32, default: 16 } } },
      inputDefaults: { samples: 16, transparent: false },
    });
    const change = { outputTypeId: made.id, revision: 1, changes: { overrides: { ...PAIR().overrides, samples: 8 } } };
    const changed = await call('updateOutputType', 'UpdateOutputTypeInput', change);
    expect(changed).toMatchObject({ revision: 2, overrides: { samples: 8 }, name: 'Hero still' });
    expect(await call('updateOutputType', 'UpdateOutputTypeInput', change)).toMatchObject({
      __typename: 'ConflictError',
      code: 'OUTPUT_TYPE_CHANGED',
    });
    const copy = await call('duplicateOutputType', 'DuplicateOutputTypeInput', {
      outputTypeId: made.id,
      name: 'Hero still',
    });
    expect(copy).toMatchObject({ key: 'hero_still_2', visibility: 'internal', callerParams: made.callerParams });
    const archived = await call('archiveOutputType', 'ArchiveOutputTypeInput', { outputTypeId: copy.id, revision: 1 });
    expect(archived.isArchived).toBe(true);
    const { data } = await app.gql('{ outputTypes(first: 100) { edges { node { key } } } }');
    const keys = data.outputTypes.edges.map(({ node }: { node: { key: string } }) => node.key);
    expect(keys).toContain('hero_still');
    expect(keys).not.toContain('hero_still_2');
  });

  test('is refused as a whole with every mistake at its place, and nothing is written', async () => {
    const before = await app.platform.db.outputType.count();
    const bad = {
      ...PAIR(),
      name: ' ',
      contract: { widthPx: { max: 64 } },
      overrides: { samples: 5000, colour: 'red' },
      callerParams: { engine: { enum: ['magic'] } },
      constraints: { materials: ['unobtainium'] },
    };
    const refused = await call('createOutputType', 'OutputTypeInput', bad);
    expect(refused.__typename).toBe('ValidationError');
    expect(refused.issues.map(({ path }: { path: string }) => path)).toEqual([
      '/contract/widthPx',
      '/overrides/samples',
      '/overrides/colour',
      '/callerParams/engine/enum/0',
      '/name',
      '/constraints/materials/0',
    ]);
    expect(await app.platform.db.outputType.count()).toBe(before);
  });

  test('without a workflow is valid, runs by the legacy pipeline and keeps its settings word for word', async () => {
    const legacySettings = { render_width: 1024, 'odd key': [1] };
    const made = await call(
      'createOutputType',
      'OutputTypeInput',
      { name: 'Old still', family: 'order_line', artifactKind: 'still_image', legacySettings },
      'legacySettings workflow { id } inputSchema',
    );
    expect(made).toMatchObject({ rollout: 'legacy', legacySettings, workflow: null, inputSchema: { properties: {} } });
  });

  test('keeps to a pinned version', async () => {
    const { db } = app.platform;
    const version = await db.workflowVersion.findFirstOrThrow({ where: { workflow: { key: 'order_still' } } });
    const pinned = { versionPolicy: 'pinned', pinnedVersionId: id('WorkflowVersion', version.id) };
    expect(
      await call('createOutputType', 'OutputTypeInput', { ...PAIR(), ...pinned }, 'pinnedVersion { number }'),
    ).toMatchObject({ pinnedVersion: { number: 1 } });
    expect(await call('createOutputType', 'OutputTypeInput', { ...PAIR(), versionPolicy: 'pinned' })).toMatchObject({
      issues: [{ path: '/pinnedVersionId' }],
    });
  });

  test.each(['still_1k_transparent', 'still_1k_white', 'turntable_360', 'production_blend'])(
    'of the seed (%s) holds what its own rules ask',
    async (key) => {
      const row = await app.platform.db.outputType.findUniqueOrThrow({ where: { key } });
      const input = {
        outputTypeId: id('OutputType', row.id),
        revision: row.revision,
        changes: { description: 'Seen.' },
      };
      expect(await call('updateOutputType', 'UpdateOutputTypeInput', input)).toMatchObject({
        __typename: 'OutputType',
      });
    },
  );
});
