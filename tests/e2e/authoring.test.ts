import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { createOrderLine } from '../../runtime/orders/orders.js';
import { dispatch } from '../../runtime/runs/dispatch.js';
import { encodeGlobalId } from '../../schema/globalId.js';
import { RUN_MS } from '../support/patience.js';
import { describeWith } from '../support/tools.js';
import { seriousViolations } from './support/browser.js';
import type { StartedHartomat } from './support/startedHartomat.js';
import { useConsole } from './support/useConsole.js';

/** A still is ordered, and its workflow changed, published and run again; the tests go on from one another. */
describeWith('chromium', 'ordering and editing', () =>
  describeWith('blender', 'with Blender', () => {
    const session = useConsole({ colorScheme: 'dark' });
    let hartomat: StartedHartomat;
    let page: Page;
    let complaints: string[];

    beforeAll(() => {
      ({ hartomat, page, complaints } = session);
    });

    /** The strip of the run that is shown over the graph. */
    const overGraph = () => page.getByRole('region', { name: 'Run over the graph' });
    const node = (id: string) => page.locator(`.react-flow__node[data-id=${id}]`);
    const state = (id: string) => node(id).locator('.badge').textContent();
    const shows = (text: string | RegExp) => page.getByText(text).first().waitFor();

    it('orders a still with options, live to the delivered picture', async () => {
      await page.getByRole('link', { name: 'Orders' }).click();
      await page.getByRole('button', { name: 'New order' }).click();
      const dialog = page.getByRole('dialog', { name: 'New order' });
      await dialog.getByText('Options for this order').click();
      await dialog.getByRole('spinbutton', { name: 'Resolution width' }).fill('96');
      await dialog.getByRole('spinbutton', { name: 'Resolution height' }).fill('96');
      await dialog.getByRole('spinbutton', { name: 'Samples', exact: true }).fill('4');
      expect(await seriousViolations(page)).toEqual([]);
      await dialog.getByRole('button', { name: 'Order and run' }).click();
      await page.getByRole('heading', { name: /6205.*Still 1K/ }).waitFor();
      await page
        .getByRole('heading', { name: /6205.*Still 1K/ })
        .locator('..')
        .getByText('Succeeded')
        .waitFor({ timeout: RUN_MS });
      await page.getByRole('button', { name: /Published asset/ }).click();
      await page
        .getByRole('group', { name: /Zoom with plus/ })
        .locator('img')
        .waitFor();
      await shows('96 × 96 px');
      expect(await seriousViolations(page)).toEqual([]);
    });

    it('says at the field that a setting is wrong, and in the list of findings', async () => {
      await page.getByRole('link', { name: 'Workflows' }).click();
      await page.getByRole('link', { name: 'Order still', exact: true }).click();
      await page.locator('.react-flow__node[data-id=still]').click();
      const settings = page.getByRole('complementary', { name: /Settings of Still/ });
      await settings.getByRole('spinbutton', { name: 'Samples', exact: true }).fill('0');
      await settings.getByRole('alert').getByText('Must be at least 1.').waitFor();
      await shows('1 error');
      await settings.getByRole('button', { name: /Reset Samples/ }).click();
      await expect.poll(() => settings.getByRole('alert').count()).toBe(0);
      expect(await seriousViolations(page)).toEqual([]);
    });

    it('undoes and redoes', async () => {
      const settings = page.getByRole('complementary', { name: /Settings of Still/ });
      const shadow = settings.getByRole('switch', { name: 'Shadow' });
      await shadow.uncheck();
      await shows('Draft saved');
      await page.getByRole('button', { name: 'Undo' }).click();
      await expect.poll(() => shadow.isChecked()).toBe(true);
      await page.getByRole('button', { name: 'Redo' }).click();
      await expect.poll(() => shadow.isChecked()).toBe(false);
    });

    it('publishes the draft as the next version', async () => {
      await page.getByRole('button', { name: 'Publish', exact: true }).click();
      const dialog = page.getByRole('dialog', { name: 'Publish version 2' });
      await dialog.getByLabel('What changed').fill('Without shadow');
      const change = dialog.locator('.graph-diff > li').filter({ hasText: 'Still' });
      await change.getByText('Shadow', { exact: true }).waitFor();
      expect(await change.getByRole('insertion').textContent()).toBe('false');
      expect(await seriousViolations(page)).toEqual([]);
      await dialog.getByRole('button', { name: 'Publish version 2' }).click();
      await page.locator('.editor-bar').getByText('Version 2').waitFor();
    });

    it('shows the history, and puts an old version back into the draft', async () => {
      await page.getByRole('button', { name: 'Versions' }).click();
      const dialog = page.getByRole('dialog', { name: 'Versions of Order still' });
      const version = (number: number) => dialog.getByRole('button', { name: `Version ${number}` });
      const put = dialog.getByRole('button', { name: 'Put into the draft' });
      await version(2).getByText('Without shadow').waitFor();
      await dialog.getByText('What version 2 has otherwise than version 1').waitFor();
      await dialog.locator('.graph-diff').getByText('Shadow', { exact: true }).waitFor();
      await dialog.locator('.node-card').getByText('Changed').waitFor();
      expect(await seriousViolations(page)).toEqual([]);
      await dialog.getByLabel('Version 2 compared with').selectOption('The draft');
      await dialog.getByText('Nothing differs.').waitFor();
      await version(1).click();
      await dialog.getByLabel('Version 1 compared with').selectOption('Version 2');
      await dialog.getByText('What version 2 has otherwise than version 1').waitFor();
      await put.click();
      await shows('Draft differs from version 2');
      const shadow = page
        .getByRole('complementary', { name: /Settings of Still/ })
        .getByRole('switch', { name: 'Shadow' });
      await expect.poll(() => shadow.isChecked()).toBe(true);
      await page.getByRole('button', { name: 'Versions' }).click();
      await version(2).click();
      await put.click();
      await page.locator('.editor-bar').getByText('Version 2').waitFor();
    });

    it('begins a new workflow with a starter', async () => {
      await page.getByRole('link', { name: 'Workflows' }).click();
      await page.getByRole('button', { name: 'New workflow' }).click();
      const dialog = page.getByRole('dialog', { name: 'New workflow' });
      await dialog.getByLabel('Name').fill('Second still');
      expect(await seriousViolations(page)).toEqual([]);
      await dialog.getByRole('button', { name: 'Make the workflow' }).click();
      await shows('Not published yet');
      await page.getByRole('link', { name: 'Workflows' }).click();
      await page.getByRole('link', { name: 'Order still', exact: true }).click();
    });

    it('runs the draft again and reuses everything that the change does not touch', async () => {
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      const dialog = page.getByRole('dialog', { name: /Run “Order still”/ });
      await expect
        .poll(() => dialog.getByLabel('Order line').locator('option').first().textContent())
        .toMatch(/Order 1, line 1/);
      await dialog.getByText('3 of 9 nodes will run').waitFor();
      await dialog.getByRole('button', { name: 'Run', exact: true }).click();
      await overGraph().getByText('Succeeded').waitFor({ timeout: RUN_MS });
      for (const id of ['step', 'objects', 'bbox', 'glb', 'map', 'template'])
        await expect.poll(() => state(id), { message: id }).toBe('Cached');
      await expect.poll(() => state('still')).toBe('Succeeded');
      await expect.poll(() => state('publish')).toBe('Succeeded');
    });

    it('shows what a node of the run made beside its settings, and what was edited since', async () => {
      await node('still').locator('img.thumb').waitFor();
      await node('still').click();
      const settings = page.getByRole('complementary', { name: /Settings of Still/ });
      await settings.getByRole('region', { name: 'In the run' }).getByText(/\.png/).first().waitFor();
      expect(await seriousViolations(page)).toEqual([]);
      const samples = settings.getByRole('spinbutton', { name: 'Samples', exact: true });
      await samples.fill('9');
      await node('still').getByText('changed since').waitFor();
      await node('publish').getByText('input changed').waitFor();
      await overGraph().getByText('1 node edited since').waitFor();
      expect(
        await node('glb')
          .getByText(/changed/)
          .count(),
      ).toBe(0);
      expect(await seriousViolations(page)).toEqual([]);
      await page.getByRole('button', { name: 'Undo' }).click();
      await overGraph()
        .getByText(/edited since/)
        .waitFor({ state: 'detached' });
    });

    it('hides the run and chooses one by the keyboard', async () => {
      await page.locator('.react-flow__pane').click({ position: { x: 20, y: 20 } });
      await page.keyboard.press('Shift+R');
      await overGraph().waitFor({ state: 'detached' });
      await expect.poll(() => node('still').locator('.badge').count()).toBe(0);
      await page.keyboard.press('r');
      const choices = page.getByRole('dialog', { name: 'Show a run over the graph' });
      await choices.getByRole('row').nth(1).getByText('Draft').waitFor();
      const place = choices.getByRole('row').nth(1).getByRole('cell').first();
      const [cell, name] = [(await place.boundingBox())!, (await place.getByRole('button').boundingBox())!];
      expect(name.x + name.width).toBeLessThanOrEqual(cell.x + cell.width);
      expect(await seriousViolations(page)).toEqual([]);
      await choices.getByRole('row').nth(1).getByRole('button').focus();
      await page.keyboard.press('Enter');
      await overGraph().getByText('Succeeded').waitFor();
      await expect.poll(() => state('glb')).toBe('Cached');
    });

    it('follows a run over the graph and cancels it after asking', async () => {
      const line = await createOrderLine(hartomat.platform, {
        productId: hartomat.seeded.product.id,
        outputTypeId: hartomat.seeded.outputTypeId,
        options: { samples: 1024, resolution: { width: 2048, height: 2048 } },
      });
      const { runId } = await dispatch(hartomat.platform, { orderLineId: line.id });
      const address = new URL(page.url());
      address.searchParams.set('run', encodeGlobalId('Run', runId));
      await page.goto(address.href);
      await expect.poll(() => state('still'), { timeout: RUN_MS }).toBe('Running');
      await overGraph().getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('button', { name: 'Cancel the run' }).click();
      await overGraph().getByText('Cancelled').waitFor();
      await expect.poll(() => state('still')).toBe('Cancelled');
    });

    it('complained about nothing', () => {
      expect(complaints).toEqual([]);
    });
  }),
);
