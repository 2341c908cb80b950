import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBlendStudio } from '../tests/support/blendStudio.js';
import { createTestContext } from '../tests/support/moduleContext.js';
import { resultOf, resultOfUpload } from '../tests/support/mutationCalls.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { describeWith } from '../tests/support/tools.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const RESULT = `__typename ... on RenderTemplate { id name label version kind setup isArchived }
  ... on Error { code message } ... on ValidationError { issues { path message } }`;

function call(field: string, inputType: string, input: object) {
  const result = field === 'archiveRenderTemplate' ? RESULT.replace(/\.\.\. on ValidationError.*/, '') : RESULT;
  return resultOf(app, field, inputType, result, input);
}
const create = (input: object) => call('createRenderTemplate', 'CreateRenderTemplateInput', input);
const update = (input: object) => call('updateRenderTemplate', 'UpdateRenderTemplateInput', input);
const archive = (input: object) => call('archiveRenderTemplate', 'ArchiveRenderTemplateInput', input);

const upload = (content: Uint8Array, input: object) =>
  resultOfUpload(app, ['uploadRenderTemplate', 'UploadRenderTemplateInput', RESULT], input, {
    ...{ content, name: 'studio.blend' },
  });

describe('a parametric template', () => {
  it('is made of defaults, changed, and archived; a change on an old version is refused', async () => {
    const made = await create({ name: 'bright', label: 'Bright', setup: { camera: { azimuthDeg: 10 } } });
    expect(made).toMatchObject({ __typename: 'RenderTemplate', kind: 'studio', version: 1, isArchived: false });
    expect(made.setup).toMatchObject({ camera: { azimuthDeg: 10, lensMm: 85 }, backdrop: { kind: 'none' } });
    const backdrop = { kind: 'color', color: '#eeeeee' };
    const changed = await update({ renderTemplateId: made.id, version: 1, setup: { ...made.setup, backdrop } });
    expect(changed).toMatchObject({ version: 2, label: 'Bright', setup: { backdrop } });
    expect(await update({ renderTemplateId: made.id, version: 1, label: 'Late' })).toMatchObject({
      code: 'TEMPLATE_CHANGED',
    });
    expect(await archive({ renderTemplateId: made.id, version: 2, isArchived: true })).toMatchObject({
      isArchived: true,
    });
    const listed = async (query: string) =>
      (await app.gql(`{ list: ${query} { edges { node { name } } } }`)).data.list.edges.map(
        (edge: any) => edge.node.name,
      );
    expect(await listed('renderTemplates(first: 50)')).not.toContain('bright');
    expect(await listed('renderTemplates(first: 50, includeArchived: true)')).toContain('bright');
    const { data } = await app.gql('{ lookup(name: "renderTemplates") { value } }');
    expect(data.lookup).not.toContainEqual({ value: 'bright' });
  });

  it('is refused with the path of what does not fit, and under a name that is taken', async () => {
    const bad = await create({ name: 'bad', label: 'Bad', setup: { camera: { lensMm: 5 }, flash: true } });
    expect(bad).toMatchObject({ __typename: 'ValidationError' });
    expect(bad.issues.map(({ path }: { path: string }) => path)).toEqual(
      expect.arrayContaining(['/setup/camera/lensMm', '/setup']),
    );
    expect(await create({ name: 'Bad Name', label: '' })).toMatchObject({
      issues: [{ path: '/name' }, { path: '/label' }],
    });
    await create({ name: 'once', label: 'Once' });
    expect(await create({ name: 'once', label: 'Twice' })).toMatchObject({ code: 'TEMPLATE_NAME_TAKEN' });
  });

  it('tells what its settings look like', async () => {
    const { data } = await app.gql('{ form: renderTemplateForm(kind: studio) { schema defaults } }');
    expect(data.form.schema).toMatchObject({ type: 'object', properties: { camera: { title: 'Camera' } } });
    expect(data.form.defaults).toMatchObject({ camera: { lensMm: 85 } });
  });
});

it('a file that is no .blend is refused and leaves nothing behind', async () => {
  const before = await app.platform.db.artifact.count();
  const result = await upload(Buffer.from('solid ascii'), { name: 'fake', label: 'Fake' });
  expect(result).toMatchObject({ __typename: 'ValidationError', code: 'TEMPLATE_NOT_BLEND' });
  expect(await upload(Buffer.alloc(0), { name: 'none', label: 'None' })).toMatchObject({ code: 'FILE_EMPTY' });
  expect(await app.platform.db.artifact.count()).toBe(before);
});

describeWith('blender', 'a template built in Blender', () => {
  it('is taken when it offers its interface, and refused with all that is missing', async () => {
    const context = await createTestContext();
    const good = await readFile((await makeBlendStudio(context.ctx)).file);
    const made = await upload(good, { name: 'own', label: 'Own', setup: { interface: { referenceSizeM: 2 } } });
    expect(made).toMatchObject({
      kind: 'blend',
      setup: { interface: { camera: 'Shot', stand: 'Product', referenceSizeM: 2, rig: 'Rig', backdrop: ['Backdrop'] } },
    });
    expect(await app.platform.db.artifact.findFirst({ where: { role: 'template_scene' } })).toMatchObject({
      fileName: 'own.blend',
    });
    const wrong = { ...made.setup, interface: { ...made.setup.interface, camera: 'Nowhere' } };
    expect(await update({ renderTemplateId: made.id, version: 1, setup: wrong })).toMatchObject({
      code: 'TEMPLATE_REFUSED',
      issues: [{ path: '/setup/interface/camera', message: expect.stringContaining('"Above", "Shot"') }],
    });
    const bad = await readFile((await makeBlendStudio(context.ctx, ['no stand', 'registered text'])).file);
    const refused = await upload(bad, { name: 'bad', label: 'Bad' });
    expect(refused).toMatchObject({ code: 'TEMPLATE_REFUSED' });
    expect(refused.issues).toHaveLength(2);
    await context.cleanup();
  });
});
