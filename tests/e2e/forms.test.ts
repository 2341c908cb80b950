import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../support/tools.js';
import { openBrowser, openPage, seriousViolations } from './support/browser.js';
import { DEFAULTS, SCHEMA } from './support/everyKind.js';
import { serveForm } from './support/formPage.js';

describeWith('chromium', 'a form drawn from a param schema', () => {
  let browser: Browser;
  let form: Awaited<ReturnType<typeof serveForm>>;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    [browser, form] = await Promise.all([openBrowser(), serveForm(SCHEMA, DEFAULTS)]);
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    ({ page, complaints } = await openPage(context));
  });
  afterAll(async () => {
    await browser?.close();
    await form?.close();
  });
  beforeEach(async () => {
    await page.goto(form.url);
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
  });

  const field = (path: string) => page.locator(`[data-path="${path}"]`);
  /** Waits until the form holds this value. */
  const holds = async (name: string, expected: unknown) =>
    expect.poll(async () => JSON.parse((await page.locator('#value').textContent()) ?? '{}')[name]).toEqual(expected);

  it('draws every kind of setting under a strict content security policy, without complaints', async () => {
    for (const name of Object.keys(SCHEMA.properties as object))
      expect(await field(name).count(), name).toBeGreaterThan(0);
    await expect.poll(() => page.getByRole('option', { name: 'Brushed steel' }).count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  it('has no serious accessibility violation', async () => {
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('writes text, numbers, switches and choices', async () => {
    await page.getByLabel('Label', { exact: true }).fill('Side');
    await page.getByLabel('Note').fill('two\nlines');
    await page.getByRole('spinbutton', { name: 'Samples' }).fill('128');
    await page.getByLabel('Denoise').uncheck();
    await page.getByRole('radio', { name: 'Eevee' }).check({ force: true });
    await page.getByLabel('View').selectOption('Isometric');
    await holds('label', 'Side');
    await holds('note', 'two\nlines');
    await holds('samples', 128);
    await holds('denoise', false);
    await holds('engine', 'eevee');
    await holds('view', 'isometric');
  });

  it('steps numbers with the arrow keys by their own step', async () => {
    const lens = page.getByRole('spinbutton', { name: 'Lens' });
    await lens.focus();
    await lens.press('ArrowUp');
    await holds('lens', 85.5);
    await lens.press('Shift+ArrowDown');
    await holds('lens', 80.5);
  });

  it('says at the field what is wrong, and stops saying so when it is right', async () => {
    const samples = page.getByRole('spinbutton', { name: 'Samples' });
    await samples.fill('0');
    await expect.poll(() => field('samples').getByRole('alert').textContent()).toBe('Must be at least 1.');
    expect(await samples.getAttribute('aria-invalid')).toBe('true');
    await samples.fill('many');
    await expect.poll(() => field('samples').getByRole('alert').textContent()).toBe('This must be a whole number.');
    await samples.fill('8');
    await expect.poll(() => field('samples').getByRole('alert').count()).toBe(0);
  });

  it('marks what differs from the default and takes it back', async () => {
    await page.getByLabel('Label', { exact: true }).fill('Side');
    await expect.poll(() => field('label').getByText('changed').count()).toBe(1);
    await page.getByRole('button', { name: 'Reset Label to the default, Hero' }).click();
    await holds('label', 'Hero');
    await expect.poll(() => page.getByLabel('Label', { exact: true }).inputValue()).toBe('Hero');
    await page.getByRole('radio', { name: 'Eevee' }).check({ force: true });
    await page.getByRole('button', { name: 'Reset Engine to the default, Cycles' }).click();
    await holds('engine', 'cycles');
  });

  it('keeps what is typed while it is typed, and shows the default once an emptied field is left', async () => {
    const samples = page.getByRole('spinbutton', { name: 'Samples' });
    await samples.pressSequentially('9', { delay: 5 });
    await samples.fill('');
    await samples.pressSequentially('1234', { delay: 5 });
    await holds('samples', 1234);
    expect(await samples.inputValue()).toBe('1234');
  });

  it('writes vectors, colours, sizes and sliders', async () => {
    await page.getByRole('spinbutton', { name: 'Target Y' }).fill('-2.5');
    await holds('target', [0, -2.5, 0]);
    await page.getByLabel('Background', { exact: true }).fill('#102030');
    await holds('background', '#102030');
    await page.getByLabel('Resolution preset').selectOption({ label: 'Full HD 16:9 · 1920 × 1080' });
    await holds('resolution', { width: 1920, height: 1080 });
    await page.getByRole('spinbutton', { name: 'Resolution width' }).fill('800');
    await holds('resolution', { width: 800, height: 1080 });
    await page.getByLabel('Roughness, slider').press('Home');
    await holds('roughness', 0);
  });

  it('turns values that may be absent on and off', async () => {
    const crop = page.getByRole('switch', { name: 'Crop' });
    await crop.check();
    await holds('crop', 0);
    await crop.uncheck();
    await holds('crop', null);
    await page.getByRole('spinbutton', { name: 'Azimuth' }).fill('30');
    await holds('camera', { azimuthDeg: 30 });
  });

  it('shows what a group that is absent holds by default', async () => {
    const adaptive = page.getByRole('switch', { name: 'Adaptive' });
    expect(await adaptive.isChecked()).toBe(true);
    await holds('sampling', undefined);
    await adaptive.uncheck();
    await holds('sampling', { adaptive: false });
    await adaptive.check();
    await holds('sampling', { adaptive: true });
  });

  it('edits lists, records and groups in lists', async () => {
    await field('tags').getByRole('button', { name: 'Add' }).click();
    await page.getByLabel('Tags 2').fill('web');
    await holds('tags', ['catalogue', 'web']);
    await field('tags').getByRole('button', { name: 'Remove catalogue' }).click();
    await holds('tags', ['web']);
    await page.getByLabel('Names: new name').fill('Ring');
    await page.getByLabel('Names: new name').press('Enter');
    await page.getByLabel('Names: Ring').fill('steel');
    await holds('names', { Ring: 'steel' });
    await field('lights').getByRole('button', { name: 'Add' }).click();
    await holds('lights', [{ power: 10 }]);
  });

  it('chooses from the studio’s own data', async () => {
    await page.getByLabel('Material', { exact: true }).selectOption({ label: 'Brass' });
    await holds('material', 'brass');
    await page.getByLabel('Material', { exact: true }).selectOption({ label: 'None chosen' });
    await holds('material', null);
  });

  it('switches between kinds of an object and starts the new one from its defaults', async () => {
    await page.getByLabel('Backdrop', { exact: true }).selectOption({ label: 'Image' });
    await holds('background3d', { kind: 'image', path: 'studio.hdr' });
    await page.getByLabel('Path', { exact: true }).fill('');
    await expect
      .poll(() => field('background3d.path').getByRole('alert').textContent())
      .toBe('This must not be empty.');
  });

  it('takes moments in local time and anything else as JSON', async () => {
    await page.getByLabel('Publish at').fill('2026-03-01T12:00:00');
    await holds('publishAt', new Date('2026-03-01T12:00:00').toISOString());
    await page.getByLabel('Extra', { exact: true }).fill('{"deep": [1, 2]}');
    await holds('extra', { deep: [1, 2] });
    await page.getByLabel('Extra', { exact: true }).fill('{"deep": [1,');
    await expect.poll(() => field('extra').getByText('not complete JSON').count()).toBe(1);
    await holds('extra', { deep: [1, 2] });
  });

  it('takes over a value that was changed from outside', async () => {
    await page.getByRole('spinbutton', { name: 'Samples' }).fill('7');
    await holds('samples', 7);
    await page.getByRole('button', { name: 'Back to the defaults' }).click();
    await expect.poll(() => page.getByRole('spinbutton', { name: 'Samples' }).inputValue()).toBe('64');
  });
});
