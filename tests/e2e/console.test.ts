import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../modules/json.js';
import { dispatch } from '../../runtime/dispatch.js';
import { createOrderLine } from '../../runtime/orders.js';
import { createWorkflow } from '../../runtime/workflowLibrary.js';
import { PATIENCE_MS, RUN_MS } from '../support/patience.js';
import { endOf } from '../support/testRuns.js';
import { describeWith } from '../support/tools.js';
import { openBrowser, openPage, seriousViolations } from './support/browser.js';
import { type StartedHartomat, startHartomat } from './support/startedHartomat.js';

const STEP_DIR = fileURLToPath(new URL('../fixtures/step', import.meta.url));

describeWith('chromium', 'the console', () => {
  let hartomat: StartedHartomat;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    [hartomat, browser] = await Promise.all([startHartomat(), openBrowser()]);
    context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' });
    context.setDefaultTimeout(PATIENCE_MS);
    ({ page, complaints } = await openPage(context));
  });
  afterAll(async () => {
    await browser?.close();
    await hartomat?.stop();
  });

  const open = (address: string) => page.goto(new URL(address, hartomat.url).href);
  const shows = (text: string | RegExp) => page.getByText(text).first().waitFor();

  describe('signing in', () => {
    it('asks a stranger to use the link from the terminal', async () => {
      await open('/runs');
      await page.getByRole('heading', { name: 'Sign in to HartOMat' }).waitFor();
      expect(await seriousViolations(page)).toEqual([]);
    });

    it('lets the owner in by the link, once', async () => {
      const link = await hartomat.signInUrl();
      await page.goto(link);
      await page.getByRole('heading', { name: 'Runs' }).waitFor();
      const stranger = await browser.newContext();
      const response = await (await stranger.newPage()).goto(link);
      expect(response?.status()).toBe(401);
      await stranger.close();
    });
  });

  describe('empty places', () => {
    it('say what to do', async () => {
      await shows('Nothing has run yet');
      expect(await page.getByRole('link', { name: 'Upload a CAD file' }).count()).toBe(1);
      await page.getByRole('link', { name: 'Orders' }).click();
      await shows('No orders yet');
    });
  });

  describe('the library', () => {
    it('refuses a file that is no STEP file with a sentence, and keeps nothing of it', async () => {
      await page.getByRole('link', { name: 'Library' }).click();
      await page
        .locator('input[type=file]')
        .setInputFiles({ name: 'picture.step', mimeType: 'model/step', buffer: Buffer.from('PNG, really') });
      await shows(/Not taken: .*STEP/);
      await page.getByRole('heading', { name: 'CAD files' }).waitFor();
      expect(await hartomat.platform.db.cadFile.count()).toBe(1);
    });

    it('takes a STEP file and starts its intake, whose failure is explained on top of the run', async () => {
      await page.locator('input[type=file]').setInputFiles(path.join(STEP_DIR, 'corrupt-truncated.step'));
      const row = page.getByRole('row', { name: /corrupt-truncated/ });
      await row.getByRole('button', { name: 'Take in' }).click();
      await page
        .getByRole('alert')
        .getByText(/The STEP file is incomplete/)
        .waitFor({ timeout: RUN_MS });
      await shows('STEP_TRUNCATED');
      await page.getByRole('button', { name: 'Show the node' }).click();
      await page.getByRole('complementary', { name: 'Node STEP file' }).waitFor();
      expect(await page.getByRole('button', { name: 'Retry' }).count()).toBe(1);
      expect(await seriousViolations(page)).toEqual([]);
    });
  });

  describe('a failed run', () => {
    it('is retried after asking, and followed to its new end', async () => {
      await page.getByRole('button', { name: 'Retry' }).click();
      await page.getByRole('button', { name: 'Retry the run' }).click();
      await page.getByRole('tab', { name: 'Log' }).click();
      const log = page.locator('.run-tabs').getByRole('log');
      await log.getByText('Run retried').waitFor();
      await expect.poll(() => log.getByText('Run ended: failed.').count(), { timeout: RUN_MS }).toBe(2);
      await page.getByRole('button', { name: 'Retry' }).waitFor();
    });
  });

  describe('a product whose geometry was revised', () => {
    it('gets the new CAD file, found by its name', async () => {
      const { db } = hartomat.platform;
      const data = { sku: 'PUMP-1', name: 'Pump', cadFileId: hartomat.seeded.cadFileId };
      const { id } = await db.product.create({ data });
      await open('/library');
      await page
        .getByRole('row', { name: /PUMP-1/ })
        .getByRole('button', { name: 'Change' })
        .click();
      await page.getByRole('textbox', { name: 'Name' }).fill('Pump, revision B');
      const file = page.getByRole('combobox', { name: 'CAD file' });
      expect(await file.inputValue()).toBe('bearing-6205.step');
      await file.fill('truncated');
      await page.getByRole('option', { name: /corrupt-truncated/ }).click();
      await shows(/bearing-6205.step stays, and is listed as out of date/);
      expect(await seriousViolations(page)).toEqual([]);
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('row', { name: /PUMP-1 Pump, revision B .*corrupt-truncated/ }).waitFor();
      await db.product.delete({ where: { id } });
    });
  });

  describe('a catalogue larger than a page', () => {
    it('is searched by name and article number, and ordered from', async () => {
      const { db } = hartomat.platform;
      const names = Array.from({ length: 120 }, (_, index) => `Aa gasket ${String(index).padStart(3, '0')}`);
      await db.product.createMany({ data: names.map((name, index) => ({ sku: `GA-${index}`, name })) });
      await open('/library');
      const products = page.getByRole('region', { name: 'Products' });
      await products.getByText('Aa gasket 049').waitFor();
      expect(await products.getByText('Aa gasket 050').count()).toBe(0);
      await products.getByRole('button', { name: 'More' }).click();
      await products.getByText('Aa gasket 050').waitFor();
      await products.getByRole('searchbox').fill('6205-2');
      await products.getByText('Deep-groove ball bearing').waitFor();
      expect(await products.getByRole('row').count()).toBe(2);
      await products.getByRole('searchbox').fill('nowhere');
      await shows('No product fits “nowhere”');
      expect(await seriousViolations(page)).toEqual([]);

      await open('/orders');
      await page.getByRole('button', { name: 'New order' }).click();
      const product = page.getByRole('combobox', { name: 'Product' });
      await product.click();
      await shows(/101 more/);
      await product.fill('deep-groove');
      await page.getByRole('option', { name: /Deep-groove/ }).waitFor();
      expect(await seriousViolations(page)).toEqual([]);
      await product.press('ArrowDown');
      await product.press('Enter');
      await product.blur();
      expect(await product.inputValue()).toBe('Deep-groove ball bearing 6205-2RS');
      await page.getByRole('button', { name: 'Not now' }).click();
      await db.product.deleteMany({ where: { name: { in: names } } });
    });
  });

  describe('the list of runs', () => {
    it('shows a run that somebody else starts, without a reload, and filters it away', async () => {
      await open('/runs');
      await page.getByRole('row', { name: /corrupt-truncated/ }).waitFor();
      await dispatch(hartomat.platform, {
        cadFileId: hartomat.seeded.cadFileId,
        workflowId: hartomat.seeded.cadIntake.id,
      });
      await page.getByRole('row', { name: /bearing-6205.*(Queued|Running)/ }).waitFor();
      await page.getByRole('button', { name: 'Failed' }).click();
      await expect.poll(() => page.getByRole('row', { name: /bearing-6205/ }).count()).toBe(0);
      await page.getByRole('row', { name: /corrupt-truncated/ }).waitFor();
      expect(await seriousViolations(page)).toEqual([]);
    });

    it('says that the connection is lost when the server is killed, and catches up when it is back', async () => {
      await page.getByRole('button', { name: 'All', exact: true }).click();
      await page.getByRole('row', { name: /bearing-6205/ }).waitFor();
      process.kill(hartomat.server.pid!, 'SIGKILL');
      await shows(/connection to the server is lost/);
      await expect.poll(() => page.getByText(/connection to the server is lost/).count()).toBe(0);
      // Whatever is complained about while the server is away is expected.
      complaints.length = 0;
      await page.getByRole('row', { name: /bearing-6205.*Succeeded/ }).waitFor({ timeout: RUN_MS });
    });
  });

  describe('a run', () => {
    it('shows the model in the 3D viewer', async () => {
      await page.getByRole('link', { name: 'bearing-6205.step' }).click();
      await page.getByRole('button', { name: /3D model/ }).click();
      await page.locator('.viewer-stage[data-state=ready]').waitFor();
      const stage = page.locator('.viewer-stage');
      await stage.press('ArrowLeft');
      await shows('52.0 × 15.0 × 52.0 mm');
      const { channels } = await sharp(await stage.screenshot()).stats();
      // A blank canvas is of one colour.
      expect(Math.max(...channels.map(({ stdev }) => stdev))).toBeGreaterThan(10);
      expect(await seriousViolations(page)).toEqual([]);
    });

    it('shows JSON as a tree, and the timeline and log', async () => {
      await page.getByRole('button', { name: /Bounding box bearing/ }).click();
      await page.getByRole('button', { name: /sizeMm/ }).waitFor();
      await page.getByRole('tab', { name: 'Timeline' }).click();
      await page
        .getByRole('button', { name: /Export GLB/ })
        .first()
        .waitFor();
      await page.getByRole('tab', { name: 'Log' }).click();
      await page.getByRole('log').getByText('Run ended: succeeded.').waitFor();
    });

    it.each(['meshopt', 'draco'])(
      'opens a web model compressed with %s as it opens the plain one',
      async (compression) => {
        const graph: JsonObject = {
          format: 1,
          family: 'cad_file',
          nodes: [
            { id: 'step', step: 'resolve_step_path' },
            { id: 'glb', step: 'export_glb', params: { compression, quality: 'draft' } },
          ],
          edges: [{ from: { node: 'step', port: 'step' }, to: { node: 'glb', port: 'step' } }],
        };
        const { platform, seeded } = hartomat;
        const workflow = await createWorkflow(platform, { name: compression, family: 'cad_file', graph });
        const { runId } = await dispatch(platform, {
          cadFileId: seeded.cadFileId,
          workflowId: workflow.id,
          useDraft: true,
        });
        await endOf(platform, runId);
        await open(`/runs/${Buffer.from(`Run:${runId}`).toString('base64')}`);
        const sizes: string[] = [];
        for (const name of [/3D model/, /Web model/]) {
          await page.getByRole('button', { name }).click();
          await page.getByRole('group', { name: name.source === 'Web model' ? /\.web\.glb/ : /6205\.glb/ }).waitFor();
          await page.locator('.viewer-stage[data-state=ready]').waitFor();
          const facts = await page.locator('.viewer-facts').textContent();
          sizes.push(facts!.split(' mm')[0]!);
        }
        expect(sizes[1]).toBe(sizes[0]);
        const { channels } = await sharp(await page.locator('.viewer-stage').screenshot()).stats();
        expect(Math.max(...channels.map(({ stdev }) => stdev))).toBeGreaterThan(10);
      },
    );
  });

  describeWith('blender', 'ordering and editing', () => {
    it('orders a still with options, live to the delivered picture', async () => {
      await page.getByRole('link', { name: 'Orders' }).click();
      await page.getByRole('button', { name: 'New order' }).click();
      const dialog = page.getByRole('dialog', { name: 'New order' });
      await dialog.getByText('Options for this order').click();
      await dialog.getByRole('spinbutton', { name: 'Resolution width' }).fill('96');
      await dialog.getByRole('spinbutton', { name: 'Resolution height' }).fill('96');
      await dialog.getByRole('spinbutton', { name: 'Samples' }).fill('4');
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
      await settings.getByRole('spinbutton', { name: 'Samples' }).fill('0');
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
      const change = dialog.getByRole('listitem').filter({ hasText: 'blender_still' });
      await change.getByText('shadow').waitFor();
      expect(await change.getByRole('insertion').textContent()).toBe('false');
      expect(await seriousViolations(page)).toEqual([]);
      await dialog.getByRole('button', { name: 'Publish version 2' }).click();
      await page.locator('.editor-bar').getByText('Version 2').waitFor();
    });

    it('shows the history, and puts an old version back into the draft', async () => {
      await page.getByRole('button', { name: 'Versions' }).click();
      const dialog = page.getByRole('dialog', { name: 'Versions of Order still' });
      const version = (number: number) => dialog.getByRole('listitem').filter({ hasText: `Version ${number}` });
      await version(2).getByText('Without shadow').waitFor();
      await version(1).getByRole('button', { name: 'Compare' }).click();
      await version(1).getByText('shadow', { exact: true }).waitFor();
      expect(await seriousViolations(page)).toEqual([]);
      await version(1).getByRole('button', { name: 'Put into the draft' }).click();
      await shows('Draft differs from version 2');
      const shadow = page
        .getByRole('complementary', { name: /Settings of Still/ })
        .getByRole('switch', { name: 'Shadow' });
      await expect.poll(() => shadow.isChecked()).toBe(true);
      await page.getByRole('button', { name: 'Versions' }).click();
      await version(2).getByRole('button', { name: 'Put into the draft' }).click();
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
      await page
        .getByRole('heading', { name: /6205.*Still 1K/ })
        .locator('..')
        .getByText('Succeeded')
        .waitFor({ timeout: RUN_MS });
      const state = (node: string) => page.locator(`.react-flow__node[data-id=${node}] .badge`).textContent();
      for (const node of ['step', 'objects', 'bbox', 'glb', 'map', 'template'])
        expect(await state(node), node).toBe('Cached');
      expect(await state('still')).toBe('Succeeded');
      expect(await state('publish')).toBe('Succeeded');
    });

    it('cancels a run after asking', async () => {
      const line = await createOrderLine(hartomat.platform, {
        productId: hartomat.seeded.product.id,
        outputTypeId: hartomat.seeded.outputTypeId,
        options: { samples: 1024, resolution: { width: 2048, height: 2048 } },
      });
      const { runId } = await dispatch(hartomat.platform, { orderLineId: line.id });
      await open(`/runs/${Buffer.from(`Run:${runId}`).toString('base64')}?tab=log`);
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('button', { name: 'Cancel the run' }).click();
      await page.getByRole('heading', { level: 1 }).locator('..').getByText('Cancelled').waitFor();
    });
  });

  describe('every page, in both themes', () => {
    it.each(['dark', 'light'])('has no serious accessibility violation (%s)', async (theme) => {
      const found: string[] = [];
      for (const address of [
        '/runs',
        '/workflows',
        '/orders',
        '/library',
        '/materials',
        '/templates',
        '/output-types',
        '/nowhere',
      ]) {
        await open(address);
        await page.getByRole('button', { name: theme === 'dark' ? 'Dark theme' : 'Light theme' }).click();
        await page.getByRole('heading', { level: 1 }).waitFor();
        await expect.poll(() => page.locator('.loading').count()).toBe(0);
        found.push(...(await seriousViolations(page)).map((violation) => `${address} ${violation}`));
      }
      expect(found).toEqual([]);
    });

    it('complained about nothing', () => {
      expect(complaints.filter((text) => !/status of 401/.test(text))).toEqual([]);
    });
  });
});
