import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exrPicture, radiancePicture } from '../tests/support/environmentPictures.js';
import { resultOf, resultOfUpload } from '../tests/support/mutationCalls.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { describeWith } from '../tests/support/tools.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const RESULT = `__typename ... on EnvironmentImage { id name widthPx heightPx archivedAt file { role mediaType sha256 } }
  ... on Error { code message } ... on ValidationError { issues { path message } }`;
const upload = (content: Uint8Array, name = 'sky.hdr') =>
  resultOfUpload(app, ['uploadEnvironmentImage', 'UploadEnvironmentImageInput', RESULT], {}, { content, name });
const archive = (input: object) =>
  resultOf(
    app,
    'archiveEnvironmentImage',
    'ArchiveEnvironmentImageInput',
    RESULT.replace(/\.\.\. on ValidationError.*/, ''),
    input,
  );
const template = (result: string, input: object) =>
  resultOf(
    app,
    result,
    `${result[0]!.toUpperCase()}${result.slice(1)}Input`,
    '__typename ... on RenderTemplate { id version setup } ... on ValidationError { issues { path message } }',
    input,
  );
const grey = () => [0.5, 0.5, 0.5] as const;

describe('an environment image', () => {
  it('that is none is refused and leaves nothing behind', async () => {
    const before = await app.platform.db.artifact.count();
    expect(await upload(Buffer.from('solid ascii'))).toMatchObject({
      ...{ __typename: 'ValidationError', code: 'ENVIRONMENT_UNREADABLE', issues: [{ path: '/file' }] },
    });
    expect(await upload(Buffer.alloc(0))).toMatchObject({ code: 'FILE_EMPTY' });
    expect(await app.platform.db.artifact.count()).toBe(before);
    expect(await app.platform.db.environmentImage.count()).toBe(0);
  });

  it('that nobody has brought along is no environment of a template', async () => {
    const setup = { environment: { image: 'nowhere.hdr' } };
    expect(await template('createRenderTemplate', { name: 'lost', label: 'Lost', setup })).toMatchObject({
      issues: [{ path: '/setup/environment/image', message: expect.stringContaining('“nowhere.hdr”') }],
    });
  });
});

describeWith('blender', 'an environment image', () => {
  it('is taken in under its name, which keeps its picture', async () => {
    const made = await upload(radiancePicture(64, 32, grey));
    expect(made).toMatchObject({
      ...{ name: 'sky.hdr', widthPx: 64, heightPx: 32, archivedAt: null },
      file: { role: 'environment_image', mediaType: 'image/vnd.radiance' },
    });
    expect(await upload(radiancePicture(64, 32, grey))).toEqual(made);
    expect(await upload(exrPicture(32, 16, grey))).toMatchObject({ code: 'ENVIRONMENT_NAME_TAKEN' });
    expect(await upload(exrPicture(32, 16, grey), 'C:\\hdris\\hall.exr')).toMatchObject({ name: 'hall.exr' });
    const { data } = await app.gql(`{ lookup(name: "environmentImages") { value description }
      environmentImages(first: 5, text: "SKY") { totalCount edges { node { id } } } }`);
    expect(data.lookup).toEqual([
      { value: 'hall.exr', description: '32 × 16 pixels' },
      { value: 'sky.hdr', description: '64 × 32 pixels' },
    ]);
    expect(data.environmentImages).toEqual({ totalCount: 1, edges: [{ node: { id: made.id } }] });
  });

  it('lights a template by its name, and old settings mean it', async () => {
    const setup = { environment: { image: 'sky.hdr', strength: 2 } };
    const made = await template('createRenderTemplate', { name: 'outdoors', label: 'Outdoors', setup });
    expect(made.setup.environment).toEqual({ image: 'sky.hdr', strength: 2, rotationDeg: 0, lightingOnly: true });
    const PREVIEW = `query ($settings: JSON!) { previewLegacySettings(settings: $settings, artifactKind: "still_image") {
      ... on LegacySettingsPreview { overrides report { key status } findings { path } } } }`;
    const settings = { hdri: '/mnt/old/sky.hdr', lighting_only: 'no' };
    const { data } = await app.gql(PREVIEW, { settings });
    expect(data.previewLegacySettings).toEqual({
      overrides: { environment: { image: 'sky.hdr', lightingOnly: false, isRequired: false } },
      report: [
        { key: 'hdri', status: 'mapped' },
        { key: 'lighting_only', status: 'mapped' },
      ],
      findings: [],
    });
  });

  it('that is archived is not offered, and what names it still finds it', async () => {
    const { id } = await upload(radiancePicture(64, 32, grey));
    expect((await archive({ environmentImageId: id })).archivedAt).not.toBeNull();
    const { data } = await app.gql('{ lookup(name: "environmentImages") { value } }');
    expect(data.lookup).toEqual([{ value: 'hall.exr' }]);
    const setup = { environment: { image: 'sky.hdr' } };
    expect(await template('createRenderTemplate', { name: 'dusk', label: 'Dusk', setup })).toMatchObject({
      __typename: 'RenderTemplate',
    });
    expect(await archive({ environmentImageId: id, isArchived: false })).toMatchObject({ archivedAt: null });
  });
});
