import sharp from 'sharp';
import { beforeAll, expect, it } from 'vitest';
import { describeWith } from '../support/tools.js';
import { keepPicture, seriousViolations } from './support/browser.js';
import { useConsole } from './support/useConsole.js';

describeWith('chromium', 'the page of materials', () => {
  const session = useConsole({ colorScheme: 'light' });
  beforeAll(async () => {
    const { page } = session;
    await page.getByRole('link', { name: 'Materials' }).click();
  });
  const picture = (name: string) => keepPicture(session.page, name);

  it('makes a material, changes a value and sets a texture', async () => {
    const { page, hartomat } = session;
    await page.getByRole('button', { name: 'Material', exact: true }).click();
    await page.getByLabel('Name').fill('Oak, oiled');
    await page.getByRole('button', { name: 'Create the material' }).click();
    const panel = page.getByRole('complementary', { name: 'Material Oak, oiled' });
    await panel.waitFor();
    await panel.getByRole('textbox', { name: 'Name', exact: true }).fill('Oak, waxed');
    await panel.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Oak, waxed' }).waitFor();
    const buffer = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#7a4a20' } })
      .png()
      .toBuffer();
    await page
      .getByLabel('File for Base colour', { exact: true })
      .setInputFiles({ name: 'oak.png', mimeType: 'image/png', buffer });
    await page.getByText('oak.png').waitFor();
    // The small picture, not the whole texture.
    expect(await page.locator('.file-slot img').getAttribute('src')).toContain('/assets/thumbnails/');
    const swatch = page.locator('.panel .material-swatch');
    expect(await swatch.getAttribute('style')).toContain('/assets/thumbnails/');
    await page.getByLabel('File for Roughness', { exact: true }).setInputFiles({
      name: 'no.png',
      mimeType: 'image/png',
      buffer: Buffer.from('not a picture'),
    });
    await page.getByText('TEXTURE_UNREADABLE').waitFor();
    await picture('panel');
    expect(await seriousViolations(page)).toEqual([]);
    const { spec } = await hartomat.platform.db.material.findUniqueOrThrow({ where: { name: 'oak_oiled' } });
    expect(spec).toMatchObject({ textures: { baseColor: { fileName: 'oak.png' } } });
  });

  it('writes a rule and orders the rules', async () => {
    const { page, hartomat, complaints } = session;
    await page.getByRole('button', { name: 'Rule', exact: true }).click();
    await page.getByLabel('Part name').fill('*plank*');
    await page.getByLabel('Material', { exact: true }).selectOption({ label: 'Oak, waxed' });
    await page.getByRole('button', { name: 'Save the rule' }).click();
    await page.getByText('*plank*').waitFor();
    const first = async () =>
      (await hartomat.platform.db.materialRule.findFirstOrThrow({ orderBy: { priority: 'desc' } })).partNamePattern;
    expect(await first()).toBe('*plank*');
    await page.getByRole('button', { name: 'Move the rule 1 down' }).click();
    await expect.poll(first).not.toBe('*plank*');
    await page.getByRole('combobox', { name: 'Product or CAD file' }).fill('6205');
    await page.getByRole('option', { name: /Deep-groove ball bearing/ }).click();
    await page.getByText('Its parts are not known yet').waitFor();
    await page.emulateMedia({ colorScheme: 'dark' });
    await picture('dark');
    expect(await seriousViolations(page)).toEqual([]);
    // The refused texture is the one complaint a browser may have.
    expect(complaints).toEqual([]);
  });
});
