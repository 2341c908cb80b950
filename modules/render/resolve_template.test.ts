import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createTestContext } from '../../tests/support/moduleContext.js';
import type { EnvironmentOverride } from '../shapes/environment.js';
import { LibraryTemplate } from '../shapes/renderTemplate.js';
import { neutralStudio } from './neutralStudio.js';
import { DEFAULT_TEMPLATE, resolveTemplate } from './resolve_template.js';

let test: Awaited<ReturnType<typeof createTestContext>>;
beforeEach(async () => {
  test = await createTestContext();
});
afterEach(() => test.cleanup());

async function resolve(
  template: string,
  templates: unknown[] = [neutralStudio],
  { environments, environment }: { environments?: unknown[]; environment?: EnvironmentOverride } = {},
) {
  const templateLibrary = await test.ctx.artifacts.write({
    role: 'template_library',
    mediaType: 'application/json',
    fileName: 'templates.json',
    from: { text: JSON.stringify({ templates, environments }) },
  });
  return resolveTemplate.spec.run(test.ctx, { templateLibrary }, { template, environment });
}

it('yields the chosen template as it is in the library', async () => {
  const { template } = await resolve('neutral');
  expect(await test.readJson(template)).toEqual(neutralStudio);
  expect(template).toMatchObject({ role: 'render_template', metadata: { name: 'neutral', version: 1 } });
});

it('names the nearest template when the wanted one does not exist', async () => {
  await expect(resolve('neutrl')).rejects.toMatchObject({
    code: 'TEMPLATE_UNKNOWN',
    message: expect.stringContaining('Did you mean "neutral"?'),
    details: { path: '/template', known: ['neutral'] },
  });
});

it('says when there are no templates at all', async () => {
  await expect(resolve('neutral', [])).rejects.toMatchObject({ code: 'TEMPLATE_UNKNOWN' });
});

it('refuses a library of another shape', async () => {
  await expect(resolve('neutral', [{ name: 'neutral' }])).rejects.toMatchObject({ code: 'ARTIFACT_UNREADABLE' });
});

it('takes a template that was stored before there were kinds and backdrops', async () => {
  const { kind: _kind, backdrop: _backdrop, turntable: _turntable, ...old } = neutralStudio;
  const { contrast: _contrast, ...colorManagement } = old.colorManagement;
  const { aperture: _aperture, ...camera } = old.camera;
  const { template } = await resolve('neutral', [{ ...old, camera, colorManagement }]);
  expect(await test.readJson(template)).toEqual(neutralStudio);
});

it('the seeded templates are complete, and the default one is among them', async () => {
  const json = await readFile(new URL('../../prisma/seed/renderTemplates.json', import.meta.url), 'utf8');
  const templates = z.array(LibraryTemplate).parse(JSON.parse(json));
  expect(templates).toEqual(JSON.parse(json));
  expect(templates.map(({ name }) => name)).toContain(DEFAULT_TEMPLATE);
});

const picture = (name: string, digit: string) => ({
  name,
  file: {
    ...{ id: '0199aaaa-0000-7000-8000-000000000001', role: 'environment_image', mediaType: 'image/x-exr' },
    ...{ sha256: digit.repeat(64), byteSize: 100, fileName: name, metadata: {} },
  },
});
const environments = [picture('sky.exr', 'a'), picture('hall.hdr', 'b')];
const SKY = { image: 'sky.exr', strength: 2, rotationDeg: 30, lightingOnly: true };
const outdoors = { ...neutralStudio, environment: SKY };

describe('the environment', () => {
  const resolved = async (environment?: EnvironmentOverride, templates: unknown[] = [outdoors]) =>
    (await test.readJson((await resolve('neutral', templates, { environments, environment })).template)).environment;

  it('of a template comes along as the file itself', async () => {
    expect(await resolved()).toEqual({ ...SKY, image: environments[0]!.file });
  });

  it('is another where one is set over it, value by value', async () => {
    expect(await resolved({ rotationDeg: 0, lightingOnly: false })).toMatchObject({ strength: 2, rotationDeg: 0 });
    expect(await resolved({ image: 'hall.hdr' })).toEqual({ ...SKY, image: environments[1]!.file });
    expect(await resolved({ image: 'hall.hdr' }, [neutralStudio])).toMatchObject({ strength: 1, lightingOnly: true });
    expect(await resolved({ strength: 3 }, [neutralStudio])).toBeUndefined();
  });

  it('of another content makes another template, so what is rendered in it is rendered anew', async () => {
    const made = async (digit: string) =>
      (await resolve('neutral', [outdoors], { environments: [picture('sky.exr', digit)] })).template.sha256;
    expect(await made('a')).toBe(await made('a'));
    expect(await made('c')).not.toBe(await made('a'));
  });

  it('is refused where the library has no such picture, with the nearest one', async () => {
    await expect(resolved({ image: 'hal.hdr' })).rejects.toMatchObject({
      code: 'ENVIRONMENT_UNKNOWN',
      message: expect.stringContaining('Did you mean "hall.hdr"?'),
      details: { path: '/environment/image' },
    });
  });

  it('is that of the template where another is not required and not there', async () => {
    expect(await resolved({ image: 'old.hdr', strength: 9, isRequired: false })).toMatchObject({ strength: 2 });
    expect(test.logs).toMatchObject([{ level: 'warn', message: expect.stringContaining('"old.hdr"') }]);
    expect(await resolved({ image: 'old.hdr', isRequired: false }, [neutralStudio])).toBeUndefined();
  });
});
