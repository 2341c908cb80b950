import sharp from 'sharp';
import { beforeAll, expect, it } from 'vitest';
import { dispatch } from '../../runtime/runs/dispatch.js';
import { endOf } from '../support/testRuns.js';
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
    await page.getByRole('combobox', { name: 'Material', exact: true }).fill('waxed');
    await page.getByRole('option', { name: 'Oak, waxed' }).click();
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
    await page.emulateMedia({ colorScheme: null });
    // The refused texture is the one complaint a browser may have.
    expect(complaints).toEqual([]);
  });

  it('finds and gives each material of a large library', async () => {
    const { page, hartomat, complaints } = session;
    const { db } = hartomat.platform;
    const { cadFileId, cadIntake, product } = hartomat.seeded;
    const number = (index: number) => String(index).padStart(3, '0');
    await db.material.createMany({
      data: Array.from({ length: 150 }, (_, index) => ({
        name: `paint_${number(index)}`,
        label: `Paint ${number(index)}`,
        spec: {},
      })),
    });
    const { runId } = await dispatch(hartomat.platform, { workflowId: cadIntake.id, cadFileId: cadFileId! });
    await endOf(hartomat.platform, runId);
    await page.goto(new URL('/materials', hartomat.url).href);
    const given = async () => {
      const { materialAssignments } = await db.product.findUniqueOrThrow({ where: { id: product.id } });
      return Object.values(materialAssignments as object);
    };
    const tile = (label: string) => page.locator('.material-tile', { hasText: label });
    await tile('Paint 010').waitFor();
    expect(await tile('Paint 149').count()).toBe(0);
    await page.getByRole('button', { name: 'More' }).click();
    await tile('Paint 100').waitFor();
    await page.getByRole('searchbox', { name: 'Search the materials' }).fill('paint 149');
    await tile('Paint 149').click();
    await page.getByRole('complementary', { name: 'Material Paint 149' }).waitFor();
    await page.getByRole('searchbox', { name: 'Search the materials' }).fill('');
    // It stays open where the list has others.
    await tile('Paint 010').waitFor();
    await page.getByRole('complementary', { name: 'Material Paint 149' }).waitFor();
    await page.getByRole('button', { name: 'Close the material' }).click();

    await page.getByRole('combobox', { name: 'Product or CAD file' }).fill('6205');
    await page.getByRole('option', { name: /Deep-groove ball bearing/ }).click();
    const choice = page.getByRole('combobox', { name: /^Material of / }).last();
    await choice.fill('paint 14');
    const option = page.getByRole('option', { name: 'Paint 147' });
    await option.waitFor();
    expect(
      await option.evaluate((each) => {
        const { top, bottom } = each.closest('.search-options')!.getBoundingClientRect();
        return top >= 0 && bottom <= window.innerHeight;
      }),
    ).toBe(true);
    await picture('choice');
    expect(await seriousViolations(page)).toEqual([]);
    await option.click();
    await expect.poll(given).toEqual(['paint_147']);
    await page.getByRole('button', { name: /^Leave .* to the rules$/ }).click();
    await expect.poll(given).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
