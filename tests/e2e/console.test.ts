import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../modules/json.js';
import { dispatch } from '../../runtime/runs/dispatch.js';
import { createWorkflow } from '../../runtime/workflows/workflows.js';
import { encodeGlobalId } from '../../schema/globalId.js';
import { RUN_MS } from '../support/patience.js';
import { endOf } from '../support/testRuns.js';
import { describeWith } from '../support/tools.js';
import { seriousViolations } from './support/browser.js';
import type { StartedHartomat } from './support/startedHartomat.js';
import { useConsole } from './support/useConsole.js';

const STEP_DIR = fileURLToPath(new URL('../fixtures/step', import.meta.url));

describeWith('chromium', 'the console', () => {
  const session = useConsole({ colorScheme: 'dark' });
  let hartomat: StartedHartomat;
  let page: Page;
  let complaints: string[];

  beforeAll(() => {
    ({ hartomat, page, complaints } = session);
  });

  const open = (address: string) => page.goto(new URL(address, hartomat.url).href);
  const shows = (text: string | RegExp) => page.getByText(text).first().waitFor();
  /** The 3D view shows something: a blank canvas is of one colour. */
  const expectPicture = () =>
    expect
      .poll(async () => {
        const { channels } = await sharp(await page.locator('.viewer-stage').screenshot()).stats();
        return Math.max(...channels.map(({ stdev }) => stdev));
      })
      .toBeGreaterThan(10);

  describe('signing in', () => {
    it('asks a stranger to use the link from the terminal', async () => {
      const stranger = await session.stranger();
      await stranger.page.goto(new URL('/runs', hartomat.url).href);
      await stranger.page.getByRole('heading', { name: 'Sign in to HartOMat' }).waitFor();
      expect(await seriousViolations(stranger.page)).toEqual([]);
      await stranger.leave();
    });

    it('lets the owner in by the link, once', async () => {
      const link = await hartomat.signInUrl();
      const [owner, late] = [await session.stranger(), await session.stranger()];
      await owner.page.goto(link);
      await owner.page.getByRole('heading', { name: 'Runs' }).waitFor();
      expect((await late.page.goto(link))?.status()).toBe(401);
      await Promise.all([owner.leave(), late.leave()]);
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

    it('goes on with a large file where the connection broke off', async () => {
      const step = await readFile(path.join(STEP_DIR, 'bearing-6205.step'), 'latin1');
      const large = step.replace('DATA;', `DATA;\n/*${' '.repeat(20 * 1024 * 1024)}*/`);
      const offsets: string[] = [];
      await page.route('**/api/uploads/resumable/*', async (route) => {
        const request = route.request();
        if (request.method() !== 'PATCH') return route.fallback();
        offsets.push(request.headers()['upload-offset']!);
        // The second piece does not arrive.
        await (offsets.length === 2 ? route.abort('connectionreset') : route.fallback());
      });
      await page
        .locator('input[type=file]')
        .setInputFiles({ name: 'large.step', mimeType: 'model/step', buffer: Buffer.from(large, 'latin1') });
      await page.getByRole('row', { name: /large\.step/ }).waitFor({ timeout: RUN_MS });
      const piece = 8 * 1024 * 1024;
      expect(offsets.map(Number)).toEqual([0, piece, piece, 2 * piece]);
      await page.unroute('**/api/uploads/resumable/*');
      complaints.length = 0;
      await page.getByRole('button', { name: 'Dismiss large.step' }).click();
    });

    it('says why it cannot take a file in when it does not know by which workflow', async () => {
      const errors = [{ message: 'This took too long.', extensions: { code: 'TIMED_OUT' } }];
      await page.route('**/graphql', (route) =>
        route.request().postDataJSON()?.operationName === 'IntakeWorkflows'
          ? route.fulfill({ json: { errors } })
          : route.fallback(),
      );
      await page.reload();
      await page
        .getByRole('row', { name: /bearing-6205/ })
        .getByRole('button', { name: 'Take in' })
        .click();
      await shows('The intake could not be started');
      await shows('This took too long.');
      await page.unroute('**/graphql');
      await page.reload();
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
      // Before: as the run goes on and fails again the page moves under the mouse.
      await page.getByRole('tab', { name: 'Log' }).click();
      const log = page.locator('.run-tabs').getByRole('log');
      await log.getByText('Run ended: failed.').waitFor();
      await page.getByRole('button', { name: 'Retry' }).click();
      await page.getByRole('button', { name: 'Retry the run' }).click();
      await log.getByText('Run retried').waitFor();
      await expect.poll(() => log.getByText('Run ended: failed.').count(), { timeout: RUN_MS }).toBe(2);
      await page.getByRole('button', { name: 'Retry' }).waitFor();
    });

    it('is shown over the graph of its workflow, and leads to the node it failed at', async () => {
      const runId = new URL(page.url()).pathname.split('/').at(-1)!;
      const workflowId = encodeGlobalId('Workflow', hartomat.seeded.cadIntake.id);
      await open(`/workflows/${workflowId}?run=${runId}`);
      const strip = page.getByRole('region', { name: 'Run over the graph' });
      await strip.getByText(/The STEP file is incomplete/).waitFor();
      expect(await seriousViolations(page)).toEqual([]);
      await strip.getByRole('button', { name: 'Show STEP file' }).click();
      const settings = page.getByRole('complementary', { name: 'Settings of STEP file' });
      await settings.getByText('STEP_TRUNCATED').waitFor();
      expect(await seriousViolations(page)).toEqual([]);
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
        .getByRole('button', { name: 'Edit' })
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
      await expect.poll(() => products.getByRole('row').count()).toBe(2);
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
      await expect.poll(() => product.inputValue()).toBe('Deep-groove ball bearing 6205-2RS');
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
      hartomat.server.kill();
      await shows(/connection to the server is lost/);
      await hartomat.server.restart();
      await expect.poll(() => page.getByText(/connection to the server is lost/).count()).toBe(0);
      await page.getByRole('row', { name: /bearing-6205.*Succeeded/ }).waitFor({ timeout: RUN_MS });
    });
  });

  describe('the library, once a file was taken in', () => {
    it('shows what the file is made of, and where each object is', async () => {
      await open('/library');
      await page
        .getByRole('row', { name: /bearing-6205/ })
        .getByRole('button', { name: 'View' })
        .click();
      await page.locator('.viewer-stage[data-state=ready]').waitFor();
      const objects = page.getByRole('complementary', { name: 'What it is made of' });
      const whole = await page.locator('.viewer-stage').screenshot();
      await objects.getByRole('button', { name: /^Outer Ring/ }).click();
      await objects.getByText('52 × 52 × 15 mm').waitFor();
      await objects
        .getByRole('listitem')
        .filter({ hasText: /^(#[0-9a-f]{6}|No colour)/ })
        .first()
        .waitFor();
      await expect.poll(async () => whole.equals(await page.locator('.viewer-stage').screenshot())).toBe(false);
      expect(await seriousViolations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await objects.waitFor({ state: 'detached' });
    });

    it('says at its field that an article number is taken', async () => {
      await page
        .getByRole('row', { name: /bearing-6205.step/ })
        .getByRole('button', { name: 'Product' })
        .first()
        .click();
      const sku = page.getByRole('textbox', { name: 'Article number (SKU)' });
      await sku.fill('6205-2RS');
      await sku.press('Enter');
      await page.getByText('There is a product with the SKU').waitFor();
      expect(await sku.getAttribute('aria-invalid')).toBe('true');
      await expect.poll(() => sku.evaluate((field) => field === document.activeElement)).toBe(true);
      await page.keyboard.press('Escape');
      await sku.waitFor({ state: 'detached' });
      await open('/runs');
    });
  });

  describe('a run', () => {
    it('shows the model in the 3D viewer', async () => {
      await page.getByRole('link', { name: 'bearing-6205.step' }).click();
      await page.getByRole('button', { name: /3D model/ }).click();
      await page.locator('.viewer-stage[data-state=ready]').waitFor();
      const stage = page.locator('.viewer-stage');
      await stage.press('ArrowLeft');
      await shows('52.0 × 52.0 × 15.0 mm');
      await expectPicture();
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
        await expectPicture();
      },
    );
  });

  describe('the keyboard', () => {
    it('helps itself, and goes to the search of a page', async () => {
      await open('/runs?text=truncated');
      await page.getByRole('row', { name: /corrupt-truncated/ }).waitFor();
      expect(await page.getByRole('row').count()).toBe(2);
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
      expect(await seriousViolations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.keyboard.press('/');
      await page.keyboard.type(' nowhere');
      await shows('No run is about “truncated nowhere”');
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
      // Of the time when the server was away.
      expect(complaints.filter((text) => !/net::ERR_/.test(text))).toEqual([]);
    });
  });
});
