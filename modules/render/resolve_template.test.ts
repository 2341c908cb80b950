import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { RenderTemplate } from '../shapes/renderTemplate.js';
import { neutralStudio } from './neutralStudio.js';
import { DEFAULT_TEMPLATE, resolveTemplate } from './resolve_template.js';

let test: Awaited<ReturnType<typeof createTestContext>>;
beforeEach(async () => {
  test = await createTestContext();
});
afterEach(() => test.cleanup());

async function resolve(template: string, templates: unknown[] = [neutralStudio]) {
  const templateLibrary = await test.ctx.artifacts.write({
    role: 'template_library',
    mediaType: 'application/json',
    fileName: 'templates.json',
    from: { text: JSON.stringify({ templates }) },
  });
  return resolveTemplate.spec.run(test.ctx, { templateLibrary }, { template });
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
  const templates = z.array(RenderTemplate).parse(JSON.parse(json));
  expect(templates).toEqual(JSON.parse(json));
  expect(templates.map(({ name }) => name)).toContain(DEFAULT_TEMPLATE);
});
