import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { describeWith } from '../support/tools.js';
import { seriousViolations } from './support/browser.js';
import type { StartedHartomat } from './support/startedHartomat.js';
import { useConsole } from './support/useConsole.js';

const EXPORT = `id,name,render_settings,pricing_tier,watermark
17,Old still 2K,"{""resolution"": ""2k"", ""samples"": 64, ""hdri"": ""sky.hdr""}",standard,logo
18,Old turntable,"{""frames"": 24, ""format"": ""mp4""}",,
19,,{},,
20,Too dear,{},gold,
`;

describeWith('chromium', 'moving away from the old world', () => {
  const session = useConsole({ colorScheme: 'light', height: 1000 });
  let hartomat: StartedHartomat;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    ({ hartomat, page, complaints } = session);
    await page.getByRole('link', { name: 'Output types' }).click();
  });
  const picture = async (name: string) => {
    if (!process.env.SCREENSHOTS) return;
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}-${colorScheme}.png`, animations: 'disabled' });
    }
  };

  it('looks at an export of old output types first, and then takes it in', async () => {
    await page.getByRole('link', { name: 'Import old ones' }).click();
    await page.getByRole('cell', { name: 'render_settings', exact: true }).waitFor();
    const [example] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download an example' }).click(),
    ]);
    expect(example.suggestedFilename()).toBe('output-types-example.csv');
    expect(await seriousViolations(page)).toEqual([]);
    await page
      .getByLabel('Export of old output types')
      .setInputFiles({ name: 'old.csv', mimeType: 'text/csv', buffer: Buffer.from(EXPORT) });
    await page.getByText('2 output types can be imported').waitFor();
    await page.getByText('An output type needs a name.').waitFor();
    await page.getByText('There is no pricing tier “gold”.').waitFor();
    await page.getByText('2 taken over').first().click();
    await page.getByText('overrides.samples').waitFor();
    await picture('import');
    expect(await seriousViolations(page)).toEqual([]);
    expect(await hartomat.platform.db.outputType.count({ where: { legacyId: { not: null } } })).toBe(0);
    await page.getByRole('button', { name: 'Import 2 output types' }).click();
    await page.getByText('2 output types imported').waitFor();
    await page.getByRole('link', { name: 'Show them' }).click();
    await page.getByRole('button', { name: 'Old turntable' }).waitFor();
  });

  it('switches an output type over, insists with a reason, and goes back at once', async () => {
    const { db } = hartomat.platform;
    const { id: workflowId } = await db.workflow.findUniqueOrThrow({ where: { key: 'order_still' } });
    await db.outputType.update({ where: { legacyId: '17' }, data: { workflowId } });
    await page.reload();
    await page.getByRole('button', { name: 'Old still 2K' }).click();
    const section = page.getByRole('region', { name: 'Rollout' });
    const ground = (name: string) =>
      page.getByRole('row', { name }).evaluate((row) => getComputedStyle(row).backgroundColor);
    await page.mouse.move(0, 0);
    expect(await ground('Old still 2K')).not.toBe(await ground('Old turntable'));
    await section.getByRole('button', { name: 'Switch to shadow' }).click();
    await section.getByText('Legacy → Shadow').waitFor();
    await section.getByLabel('Share of orders compared (%)').fill('25');
    await section.getByRole('button', { name: 'Save' }).click();
    await section.getByText('Compares 25 % of the orders').waitFor();
    await picture('shadow');
    expect(await seriousViolations(page)).toEqual([]);

    await section.getByRole('button', { name: 'Switch early…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Switch to graph early?' });
    await dialog.getByText('Nothing has been compared').waitFor();
    await dialog.getByLabel('Reason').fill('The fair is tomorrow');
    await picture('early');
    await dialog.getByRole('button', { name: 'Switch all the same' }).click();
    await section.getByText('Shadow → Graph').waitFor();
    await section.getByLabel('Legacy takes over when a run fails').waitFor();
    await picture('graph');
    await section.getByRole('button', { name: 'Back to legacy' }).click();
    await section.getByText('Graph → Legacy').waitFor();
    const changes = await db.rolloutChange.findMany({ orderBy: { at: 'asc' }, select: { after: true, reason: true } });
    expect(changes).toEqual([
      { after: 'shadow', reason: '' },
      { after: 'shadow', reason: '' },
      { after: 'graph', reason: 'The fair is tomorrow' },
      { after: 'legacy', reason: '' },
    ]);
    expect(complaints).toEqual([]);
  });

  it('folds its places into a menu on small screens', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole('button', { name: 'Close the details' }).click();
    const places = page.getByRole('navigation', { name: 'Main' });
    await places.waitFor({ state: 'hidden' });
    const menu = page.getByRole('button', { name: 'Menu' });
    await menu.click();
    await places.waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await places.waitFor({ state: 'hidden' });
    await menu.click();
    await places.getByRole('link', { name: 'Workflows' }).click();
    await page.getByRole('heading', { name: 'Workflows' }).waitFor();
    await places.waitFor({ state: 'hidden' });
    expect(complaints).toEqual([]);
  });
});
