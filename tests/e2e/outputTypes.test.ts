import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { describeWith } from '../support/tools.js';
import { seriousViolations } from './support/browser.js';
import type { StartedHartomat } from './support/startedHartomat.js';
import { useConsole } from './support/useConsole.js';

/** An output type is made in its five steps, and changed; the tests go on from one another. */
describeWith('chromium', 'making an output type', () => {
  const session = useConsole({ colorScheme: 'dark' });
  let hartomat: StartedHartomat;
  let page: Page;
  let complaints: string[];

  beforeAll(() => {
    ({ hartomat, page, complaints } = session);
  });

  const next = () => page.getByRole('button', { name: 'Next' }).click();
  const step = (name: string) => page.getByRole('heading', { name, exact: true, level: 2 }).waitFor();
  const stored = () => hartomat.platform.db.outputType.findFirst({ where: { name: { startsWith: 'Square' } } });

  it('goes from the family over the workflow to what the customer receives', async () => {
    await page.getByRole('link', { name: 'Output types' }).click();
    await page.getByRole('link', { name: 'New output type' }).click();
    await page.getByRole('radio', { name: /Order rendering/ }).check();
    await next();
    await step('Workflow');
    await page.getByRole('combobox', { name: 'Workflow', exact: true }).selectOption({ label: 'Order still' });
    await page.getByLabel('Version').waitFor();
    await next();
    await step('Artifact');
    // Nothing was chosen yet, so there is no way on.
    await expect.poll(() => page.getByRole('button', { name: 'Next' }).isDisabled()).toBe(true);
    await page.getByLabel('The customer receives').selectOption('still_image');
    await expect.poll(() => page.getByRole('button', { name: 'Next' }).isEnabled()).toBe(true);
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('shows with every setting who set it, and refuses bounds that the setting itself does not keep', async () => {
    await next();
    await step('Settings');
    const tab = (name: string | RegExp) => page.getByRole('tab', { name }).click();
    await page.getByRole('searchbox', { name: 'Find a setting' }).fill('samples');
    await page.getByText('Export GLB', { exact: true }).waitFor({ state: 'detached' });
    await page.getByLabel('Samples', { exact: true }).fill('24');
    await page.getByRole('checkbox', { name: 'Only what is set (1)' }).check();
    expect(await seriousViolations(page)).toEqual([]);
    await tab('What an order runs with');
    const row = page.locator('.effective-params tr', { hasText: 'Samples' });
    await expect.poll(() => row.innerText()).toMatch(/24\s+else \d+\s+Output type/);
    await tab('What callers may set');
    await page.getByText('Still', { exact: true }).click();
    const samples = page.locator('.caller-param', { hasText: 'samples' });
    await samples.getByRole('checkbox').first().check();
    await samples.getByLabel('At most').fill('16');
    const issues = page.getByRole('list', { name: 'What does not fit yet' });
    await issues.getByText('does not lie within these bounds').waitFor();
    await samples.getByLabel('At most').fill('64');
    await issues.waitFor({ state: 'detached' });
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('bounds how long texts and lists of callers may be, and leaves them some colours', async () => {
    const param = (name: string) => page.locator('.caller-param', { has: page.getByText(name, { exact: true }) });
    await page.getByText('Publish', { exact: true }).click();
    const bounds = { fileName: 'At most (characters)', derivatives: 'At most (entries)' };
    for (const [name, label] of Object.entries(bounds)) {
      await param(name).getByRole('checkbox').first().check();
      await param(name)
        .getByLabel(label)
        .fill(name === 'fileName' ? '60' : '2');
    }
    await param('backgroundColor').getByRole('checkbox').first().check();
    await param('backgroundColor').getByRole('button', { name: 'Add' }).click();
    await param('backgroundColor').getByLabel('Only 1').fill('#f0f0f0');
    const issues = page.getByRole('list', { name: 'What does not fit yet' });
    await issues.getByText('does not lie within these bounds').waitFor();
    await param('backgroundColor').getByRole('button', { name: 'Add' }).click();
    await issues.waitFor({ state: 'detached' });
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('leaves callers a choice of some values, and old settings word for word beside the fields for them', async () => {
    const format = page.locator('.caller-param', { hasText: 'format' }).first();
    await format.getByRole('checkbox').first().check();
    await format.getByRole('checkbox', { name: 'PNG', exact: true }).check();
    await page.getByRole('tab', { name: 'Legacy settings' }).click();
    await page.getByLabel('Name of another old setting').fill('watermark');
    await page.getByLabel('Its value').fill('logo');
    await page.getByRole('button', { name: 'Add', exact: true }).last().click();
    await page.getByText('unknown', { exact: true }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('is stored with its terms, and offered', async () => {
    await next();
    await step('Terms');
    await page.getByLabel('Name', { exact: true }).fill('Square still');
    await page.getByLabel('Price of a piece').selectOption({ index: 1 });
    await page.getByRole('checkbox', { name: 'Bearings' }).check();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Make the output type' }).click();
    await page.getByRole('button', { name: 'Square still' }).click();
    await page.locator('.effective-params tr', { hasText: 'Samples' }).getByText('24').waitFor();
    expect(await stored()).toMatchObject({
      overrides: { samples: 24 },
      callerParams: {
        samples: { maximum: 64 },
        fileName: { maxLength: 60 },
        derivatives: { maxItems: 2 },
        backgroundColor: { enum: ['#f0f0f0', '#ffffff'] },
        format: { enum: ['png'] },
      },
      legacySettings: { watermark: 'logo' },
      artifactKind: 'still_image',
      rollout: 'legacy',
    });
    const search = page.getByRole('searchbox', { name: 'Search the output types' });
    await search.fill('square');
    await expect.poll(() => page.locator('tbody .row-button').allTextContents()).toEqual(['Square still']);
    await page.getByRole('complementary', { name: 'Output type Square still' }).waitFor();
    await search.fill('');
    await expect.poll(() => page.locator('tbody .row-button').count()).toBeGreaterThan(1);
  });

  it('has thresholds for its comparisons, and keeps those that were set', async () => {
    const panel = page.getByRole('complementary', { name: 'Output type Square still' });
    await panel.getByRole('button', { name: 'Thresholds' }).click();
    const dialog = page.getByRole('dialog', { name: 'Thresholds' });
    await dialog.getByRole('spinbutton', { name: 'Passed in a row' }).fill('3');
    expect(await seriousViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await stored()).toMatchObject({ parityPolicy: { greensNeeded: 3 } });
  });

  it('is changed step by step, copied and put away', async () => {
    const panel = page.getByRole('complementary', { name: 'Output type Square still' });
    await panel.getByRole('link', { name: 'Edit' }).click();
    await page.getByRole('button', { name: /Terms/ }).click();
    await page.getByLabel('Name', { exact: true }).fill('Square still, small');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Square still, small', exact: true }).click();
    expect(await stored()).toMatchObject({ name: 'Square still, small', overrides: { samples: 24 } });
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    await page.getByRole('button', { name: 'Square still, small (copy)' }).waitFor();
    await page.getByRole('button', { name: 'Archive' }).click();
    await expect.poll(() => page.getByRole('button', { name: 'Square still, small', exact: true }).count()).toBe(0);
    await page.getByRole('checkbox', { name: 'Archived ones too' }).check();
    await page.getByText('archived', { exact: true }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('can begin with a workflow of its own', async () => {
    await page.getByRole('link', { name: 'New output type' }).click();
    await next();
    await page.getByRole('button', { name: 'Begin a workflow' }).click();
    await page.getByLabel('Name of the workflow').fill('Film for fairs');
    await page.getByLabel('Begin with').selectOption('order_turntable');
    await page.getByRole('button', { name: 'Make and publish it' }).click();
    const choice = page.getByRole('combobox', { name: 'Workflow', exact: true });
    await expect.poll(() => choice.locator('option:checked').textContent()).toBe('Film for fairs');
    await next();
    await page.getByLabel('The customer receives').selectOption('turntable_video');
    expect(complaints).toEqual([]);
  });
});
