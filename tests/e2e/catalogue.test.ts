import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { dispatch } from '../../runtime/runs/dispatch.js';
import { encodeGlobalId } from '../../schema/globalId.js';
import { endOf } from '../support/testRuns.js';
import { describeWith } from '../support/tools.js';
import { seriousViolations } from './support/browser.js';
import type { StartedHartomat } from './support/startedHartomat.js';
import { useConsole } from './support/useConsole.js';

/** A shadowed order: its comparison is read, then its asset goes out of date and is made anew. */
describeWith('chromium', 'a delivered asset', () =>
  describeWith('blender', 'with Blender', () => {
    const session = useConsole({ colorScheme: 'light' });
    let hartomat: StartedHartomat;
    let page: Page;
    let complaints: string[];
    let outputTypeId: string;

    beforeAll(async () => {
      ({ hartomat, page, complaints } = session);
      const { platform, seeded } = hartomat;
      const workflow = await platform.db.workflow.findUniqueOrThrow({ where: { key: 'order_still' } });
      const outputType = await platform.db.outputType.create({
        data: {
          ...{
            key: 'quick',
            name: 'Quick still',
            family: 'order_line',
            artifactKind: 'still_image',
            rollout: 'shadow',
          },
          workflowId: workflow.id,
          overrides: {
            ...{ resolution: { width: 160, height: 120 }, samples: 2 },
            ...{ denoise: false, shadow: false, engine: 'workbench' },
          },
        },
      });
      outputTypeId = outputType.id;
      const order = await platform.db.order.create({
        data: { lines: { create: { lineNumber: 1, productId: seeded.product.id, outputTypeId } } },
        include: { lines: true },
      });
      const { runId } = await dispatch(platform, { orderLineId: order.lines[0]!.id });
      expect(await endOf(platform, runId)).toBe('succeeded');
    });

    const open = (path: string) => page.goto(new URL(path, hartomat.url).href);

    it('has its comparison with the workflow beside it: pictures, figures, limits, verdict', async () => {
      await expect.poll(() => hartomat.platform.db.parityReport.count({ where: { status: 'passed' } })).toBe(1);
      await open(`/output-types/${encodeGlobalId('OutputType', outputTypeId)}/parity`);
      await page.getByRole('heading', { name: 'Parity of Quick still' }).waitFor();
      await page.getByRole('heading', { name: /still image/i }).waitFor();
      await page.getByRole('slider').first().press('ArrowRight');
      await page.getByRole('heading', { name: /durations/i }).waitFor();
      expect(await seriousViolations(page)).toEqual([]);
      await page.getByRole('button', { name: 'Judge again' }).click();
      await expect.poll(() => hartomat.platform.db.parityReport.count({ where: { status: 'passed' } })).toBe(1);
      await page.locator('.parity-head').getByText('Passed').waitFor();
    });

    it('is compared with another run on demand', async () => {
      await page.getByRole('button', { name: 'Compare two runs' }).click();
      const dialog = page.getByRole('dialog', { name: 'Compare two runs' });
      await dialog.getByLabel('Legacy run').selectOption({ index: 1 });
      await dialog.getByLabel('Run by workflow').selectOption({ index: 1 });
      expect(await seriousViolations(page)).toEqual([]);
      await dialog.getByRole('button', { name: 'Compare', exact: true }).click();
      await dialog.waitFor({ state: 'detached' });
      await page.locator('.parity-head').getByText('Passed').waitFor();
    });

    it('is out of date once the template changes, and is made anew from the list', async () => {
      await open('/catalogue/out-of-date');
      await page.getByText('Everything is up to date').waitFor();
      await hartomat.platform.db.renderTemplate.updateMany({ data: { version: { increment: 1 } } });
      await page.reload();
      await page.getByText(/The render template “.*” changed/).waitFor();
      expect(await seriousViolations(page)).toEqual([]);
      await page.getByRole('checkbox', { name: 'All on this page' }).check();
      await page.getByRole('button', { name: 'Make 1 anew' }).click();
      await page.getByText('1 run was started').waitFor();
      await expect.poll(() => hartomat.platform.db.asset.count({ where: { supersededAt: { not: null } } })).toBe(1);
      await page.reload();
      await page.getByText('Everything is up to date').waitFor();
      expect(complaints).toEqual([]);
    });
  }),
);
