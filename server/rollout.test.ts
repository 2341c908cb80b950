import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Role, RunMode } from '../generated/prisma/enums.js';
import { JUDGEMENT } from '../runtime/parity/judgement.js';
import { ParityPolicy } from '../runtime/parity/policy.js';
import { encodeGlobalId as id } from '../schema/globalId.js';
import { createMember } from '../tests/support/members.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { type Catalogue, createCatalogue, createEndedRun } from '../tests/support/testData.js';

let app: TestApp;
let catalogue: Catalogue;
beforeAll(async () => {
  app = await startTestApp();
  catalogue = await createCatalogue(app.platform);
});
afterAll(() => app.close());

async function outputType(data: object = {}) {
  return app.platform.db.outputType.create({
    data: {
      key: uuidv7(),
      name: 'Old still',
      family: 'order_line',
      artifactKind: 'still_image',
      workflowId: catalogue.workflow.id,
      parityPolicy: { greensNeeded: 1 },
      ...data,
    },
  });
}

async function passedComparison(outputTypeId: string) {
  const run = async (mode: RunMode) => {
    const { runId } = await createEndedRun(app.platform, catalogue);
    await app.platform.db.run.update({ where: { id: runId }, data: { mode } });
    return runId;
  };
  const [legacyRunId, graphRunId] = [await run('legacy'), await run('shadow')];
  const policy = ParityPolicy.parse({ greensNeeded: 1 });
  await app.platform.db.parityReport.create({
    data: { outputTypeId, legacyRunId, graphRunId, status: 'passed', judgement: JUDGEMENT, policy },
  });
}

const headersOf = async (role: Role) => (await createMember(app.platform, role, { name: `The ${role}` })).headers;

const SET = `mutation ($input: SetRolloutInput!) { setRollout(input: $input) { __typename
  ... on OutputType { rollout shadowRate fallsBack revision } ... on Error { code message } ... on ValidationError { issues { path } } } }`;
async function setRollout(outputTypeId: string, input: object, headers?: Record<string, string>) {
  const answer = await app.gql(SET, { input: { outputTypeId: id('OutputType', outputTypeId), ...input } }, headers);
  return answer.errors ? { errors: answer.errors } : answer.data.setRollout;
}
async function read(outputTypeId: string) {
  const { data, errors } = await app.gql(
    `query ($id: ID!) { outputType(id: $id) { rollout rolloutOptions { rollout isOffered canBeForced reasons }
      rolloutHistory(first: 10) { totalCount edges { node { by before after shadowRate fallsBack isForced reason at } } } } }`,
    { id: id('OutputType', outputTypeId) },
  );
  expect(errors).toBeUndefined();
  return data.outputType;
}

describe('the rollout of an output type', () => {
  test('goes over shadow to graph once enough comparisons have passed, back at once, and every step is kept', async () => {
    const { id: typeId } = await outputType();
    expect(await setRollout(typeId, { rollout: 'shadow', shadowRate: 0.25 })).toMatchObject({
      rollout: 'shadow',
      shadowRate: 0.25,
      revision: 2,
    });
    const refused = await setRollout(typeId, { rollout: 'graph' });
    expect(refused).toMatchObject({ __typename: 'ConflictError', code: 'ROLLOUT_NOT_OFFERED' });
    expect(refused.message).toContain('Nothing has been compared');
    expect((await read(typeId)).rolloutOptions[2]).toMatchObject({ isOffered: false, canBeForced: true });

    await passedComparison(typeId);
    expect((await read(typeId)).rolloutOptions[2]).toEqual({
      rollout: 'graph',
      isOffered: true,
      canBeForced: false,
      reasons: ['1 of 1 comparisons in a row have passed.'],
    });
    const operator = await headersOf('operator');
    expect(await setRollout(typeId, { rollout: 'graph', expectedRevision: 2 }, operator)).toMatchObject({
      rollout: 'graph',
      fallsBack: true,
      revision: 3,
    });
    expect(await setRollout(typeId, { rollout: 'legacy', reason: 'Wrong steel' }, operator)).toMatchObject({
      rollout: 'legacy',
    });
    const { totalCount, edges } = (await read(typeId)).rolloutHistory;
    expect(totalCount).toBe(3);
    expect(edges.map(({ node: { by, before, after, reason } }: any) => [by, before, after, reason])).toEqual([
      ['The operator', 'graph', 'legacy', 'Wrong steel'],
      ['The operator', 'shadow', 'graph', ''],
      [expect.any(String), 'legacy', 'shadow', ''],
    ]);
  });

  test('goes to graph before that only with force and a reason, which the history shows', async () => {
    const { id: typeId } = await outputType();
    expect(await setRollout(typeId, { rollout: 'graph', force: true })).toMatchObject({
      __typename: 'ValidationError',
      issues: [{ path: '/reason' }],
    });
    expect(await setRollout(typeId, { rollout: 'graph', force: true, reason: ' Fair tomorrow ' })).toMatchObject({
      rollout: 'graph',
    });
    expect((await read(typeId)).rolloutHistory.edges).toMatchObject([
      { node: { isForced: true, reason: 'Fair tomorrow' } },
    ]);
  });

  test('cannot leave legacy without a published workflow, even by force', async () => {
    const { id: typeId } = await outputType({ workflowId: null });
    for (const rollout of ['shadow', 'graph'])
      expect(await setRollout(typeId, { rollout, force: true, reason: 'Please' })).toMatchObject({
        code: 'ROLLOUT_NOT_OFFERED',
        message: 'That is not possible: No workflow is linked.',
      });
    expect(await read(typeId)).toMatchObject({ rollout: 'legacy', rolloutHistory: { totalCount: 0 } });
  });

  test('cannot go to legacy or shadow with what the legacy pipeline does not make', async () => {
    const { id: typeId } = await outputType({ artifactKind: 'material_map', rollout: 'graph' });
    for (const rollout of ['legacy', 'shadow'])
      expect(await setRollout(typeId, { rollout })).toMatchObject({ code: 'ROLLOUT_NOT_OFFERED' });
    expect((await read(typeId)).rollout).toBe('graph');
  });

  test('is not a matter of those who only look, and not changed by what does not fit', async () => {
    const { id: typeId } = await outputType();
    for (const role of ['viewer', 'partner'] as const)
      expect(await setRollout(typeId, { rollout: 'shadow' }, await headersOf(role))).toMatchObject({
        errors: [{ extensions: { code: 'FORBIDDEN' } }],
      });
    expect(await setRollout(typeId, { rollout: 'shadow', shadowRate: 1.5 })).toMatchObject({
      __typename: 'ValidationError',
      issues: [{ path: '/shadowRate' }],
    });
    expect(await setRollout(typeId, { rollout: 'shadow', expectedRevision: 7 })).toMatchObject({
      code: 'OUTPUT_TYPE_CHANGED',
    });
    expect(await setRollout(uuidv7(), { rollout: 'shadow' })).toMatchObject({ __typename: 'NotFoundError' });
    expect(await setRollout(typeId, { rollout: 'legacy' })).toMatchObject({ rollout: 'legacy', revision: 1 });
    expect(await read(typeId)).toMatchObject({ rollout: 'legacy', rolloutHistory: { totalCount: 0 } });
  });

  test('goes back to legacy with the workflow that is taken away, and the history says so', async () => {
    const { id: typeId } = await outputType({ rollout: 'graph', family: 'cad_file' });
    const unlink = (revision: number) =>
      app.gql(
        `mutation ($input: UpdateOutputTypeInput!) { updateOutputType(input: $input) { __typename
          ... on OutputType { rollout workflow { id } } ... on Error { code } ... on ValidationError { issues { path message } } } }`,
        { input: { outputTypeId: id('OutputType', typeId), revision, changes: { workflowId: null } } },
      );
    expect((await unlink(7)).data.updateOutputType).toMatchObject({ code: 'OUTPUT_TYPE_CHANGED' });
    expect((await read(typeId)).rolloutHistory.totalCount).toBe(0);
    expect((await unlink(1)).data.updateOutputType).toMatchObject({ rollout: 'legacy', workflow: null });
    await unlink(2);
    expect((await read(typeId)).rolloutHistory).toMatchObject({
      totalCount: 1,
      edges: [{ node: { before: 'graph', after: 'legacy', reason: 'The workflow was taken away.' } }],
    });
  });

  test('of two who switch at once from the same revision, one is told of the other', async () => {
    const { id: typeId } = await outputType();
    const both = await Promise.all(
      [0.1, 0.2].map((shadowRate) => setRollout(typeId, { rollout: 'shadow', shadowRate, expectedRevision: 1 })),
    );
    expect(both.map(({ __typename }) => __typename).toSorted()).toEqual(['ConflictError', 'OutputType']);
    expect((await read(typeId)).rolloutHistory.totalCount).toBe(1);
  });
});

describe('old render settings', () => {
  const PREVIEW = `query ($settings: JSON!, $kind: String!) { previewLegacySettings(settings: $settings, artifactKind: $kind) { __typename
    ... on LegacySettingsPreview { overrides kept plain staysOnLegacy report { key status target note } findings { code severity path message } }
    ... on ValidationError { issues { path } } } }`;
  const preview = async (settings: unknown, kind = 'still_image') => {
    const { data, errors } = await app.gql(PREVIEW, { settings, kind });
    expect(errors).toBeUndefined();
    return data.previewLegacySettings;
  };

  test('are reported key by key, and what they come to says the same again', async () => {
    const settings = { resolution: '2k', quality: 'high', hdri: 'studio.hdr', watermark: 'yes', 'a/b': 1 };
    const { overrides, report, kept, plain, findings } = await preview(settings);
    expect(overrides).toEqual({ resolution: { width: 2048, height: 2048 }, samples: 256 });
    expect(report.map(({ key, status, target }: any) => [key, status, target])).toEqual([
      ['resolution', 'mapped', 'overrides.resolution'],
      ['quality', 'mapped', 'overrides.samples'],
      ['hdri', 'ignored', null],
      ['watermark', 'unknown', null],
      ['a/b', 'unknown', null],
    ]);
    expect(kept).toEqual({ hdri: 'studio.hdr', watermark: 'yes', 'a/b': 1 });
    expect(findings.map(({ path }: any) => path)).toEqual(expect.arrayContaining(['/watermark', '/a~1b']));
    const again = await preview(plain);
    expect(again).toMatchObject({ overrides, kept: {}, findings: [] });
  });

  test('that ask for what no module takes say so at the old key', async () => {
    const { findings } = await preview({ transparent: true, samples: 4 }, 'preview_thumbnail');
    expect(findings).toContainEqual(expect.objectContaining({ code: 'LEGACY_OVERRIDE_UNUSED', path: '/samples' }));
  });

  test('must be an object', async () => {
    expect(await preview(['samples', 4])).toMatchObject({ __typename: 'ValidationError' });
  });

  test('of an output type come with their report', async () => {
    const { id: typeId } = await outputType({ legacySettings: { samples: '32', renderer: 'threejs' } });
    const { data } = await app.gql(
      '{ outputType(id: "%") { legacyPreview { staysOnLegacy report { key status } } rolloutOptions { reasons } } }'.replace(
        '%',
        id('OutputType', typeId),
      ),
    );
    expect(data.outputType.legacyPreview).toEqual({
      staysOnLegacy: true,
      report: [
        { key: 'samples', status: 'mapped' },
        { key: 'renderer', status: 'ignored' },
      ],
    });
    expect(data.outputType.rolloutOptions[2].reasons[0]).toContain('not Blender');
  });
});
