import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { createOrderLine } from '../../runtime/orders/orders.js';
import { dispatch } from '../../runtime/runs/dispatch.js';
import { encodeGlobalId } from '../../schema/globalId.js';
import { RUN_MS } from '../support/patience.js';
import { endOf } from '../support/testRuns.js';
import { describeWith } from '../support/tools.js';
import { seriousViolations } from './support/browser.js';
import type { StartedHartomat } from './support/startedHartomat.js';
import { useConsole } from './support/useConsole.js';

describeWith('chromium', 'a turntable in the console', () => {
  describeWith('blender', 'with Blender', () => {
    const session = useConsole({ colorScheme: 'dark', height: 1000 });
    let hartomat: StartedHartomat;
    let page: Page;
    let complaints: string[];
    beforeAll(() => {
      ({ hartomat, page, complaints } = session);
    });

    const picture = async (name: string) => {
      if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png` });
    };

    it('is one node with parts while it is rendered, and a film that plays in the end', async () => {
      const { platform, seeded } = hartomat;
      const { id: outputTypeId } = await platform.db.outputType.findUniqueOrThrow({ where: { key: 'turntable_360' } });
      const line = await createOrderLine(platform, {
        productId: seeded.product.id,
        outputTypeId,
        options: {
          resolution: { width: 96, height: 96 },
          samples: 2,
          denoise: false,
          shadow: false,
          animation: { frames: 9, fps: 12 },
        },
      });
      const { runId } = await dispatch(platform, { orderLineId: line.id });
      await page.goto(new URL(`/runs/${encodeGlobalId('Run', runId)}?node=turntable`, hartomat.url).href);
      const panel = page.getByRole('complementary', { name: 'Node Turntable' });
      await panel.getByText(/^Frames \d+ of \d+$/).waitFor();
      await panel.getByText(/\d of \d done/).waitFor();
      await panel.getByText(/^Frames [1-9]\d* of \d+$/).waitFor({ timeout: RUN_MS });
      await endOf(platform, runId);
      await page.locator('.run-header').getByText('Succeeded').waitFor();

      const film = page.locator('video');
      await expect.poll(() => film.evaluate((video: HTMLVideoElement) => video.currentTime)).toBeGreaterThan(0);
      expect(await page.getByRole('button', { name: /^Turntable frames \d+/ }).getAttribute('aria-expanded')).toBe(
        'false',
      );

      await panel.getByRole('button', { name: /^Frames 5–8/ }).click();
      await page.getByRole('heading', { name: 'Turntable · Frames 5–8' }).waitFor();
      await page.getByRole('button', { name: 'Back to the whole node' }).click();
      await panel.waitFor();
      await page.getByRole('tab', { name: 'Timeline' }).click();
      await page.getByRole('button', { name: 'Parts of Turntable' }).click();
      await page.locator('.timeline-parts').getByText('Frames 1–4').waitFor();
      expect(await seriousViolations(page)).toEqual([]);
      await page.getByRole('tab', { name: /^Results/ }).click();
      await page.getByRole('button', { name: /^Turntable frames/ }).click();
      await page.getByRole('button', { name: /_0003\.png/ }).click();
      await page.getByRole('img', { name: /_0003\.png/ }).waitFor();
      await page.emulateMedia({ colorScheme: 'light' });
      // The colours take a moment to change over.
      await expect.poll(() => seriousViolations(page)).toEqual([]);

      // What became of the message that told the team.
      await page.getByRole('tab', { name: 'Messages 1' }).click();
      const sent = page.getByRole('table', { name: 'Messages of the run' }).getByRole('row').nth(1);
      await sent.getByText('Inbox', { exact: true }).waitFor();
      await sent.getByText('Accepted').waitFor();
      await picture('messages');
      expect(await seriousViolations(page)).toEqual([]);

      // Published anew, from what was rendered before.
      await page.goto(new URL(`/runs/${encodeGlobalId('Run', runId)}?node=publish`, hartomat.url).href);
      await page.getByRole('button', { name: 'Run again from here' }).click();
      const dialog = page.getByRole('dialog', { name: 'Run again from “Publish”?' });
      await dialog.getByText('messages are sent again').waitFor();
      await picture('run-again');
      await dialog.getByRole('button', { name: 'Start the run' }).click();
      await page.getByText('Again from “Publish” of an earlier run').waitFor();
      await page.locator('.run-header').getByText('Succeeded').waitFor({ timeout: RUN_MS });
      const again = await platform.db.run.findFirstOrThrow({
        where: { rerunOfId: runId },
        include: { nodeRuns: true },
      });
      const anew = again.nodeRuns.filter(({ isCached }) => !isCached).map(({ nodeId }) => nodeId);
      expect(anew).toEqual(expect.arrayContaining(['publish', 'notify']));
      expect(anew).not.toContain('turntable');
      expect(await platform.db.asset.count({ where: { runId: again.id } })).toBe(1);
      await picture('run-of-again');
      expect(complaints).toEqual([]);
    });

    it('is nothing for a worker without Blender, which the console says with the remedy', async () => {
      const problem = 'Rendering needs Blender, but it is not installed. Install it.';
      await hartomat.platform.db.worker.create({
        data: {
          ...{ id: randomUUID(), host: 'farm-3', pid: 77, capabilities: ['cpu', 'blender'] },
          // Longer than the test takes.
          heartbeatAt: new Date(Date.now() + 600_000),
          tools: { blender: { problem }, ffmpeg: { problem: 'Films need ffmpeg, but it is not installed.' } },
        },
      });
      await page.goto(new URL('/runs', hartomat.url).href);
      await page.getByRole('link', { name: '2 workers, 1 limited' }).click();
      const table = page.getByRole('table', { name: 'Workers that are running' });
      const limited = table.getByRole('row').filter({ hasText: 'farm-3' });
      await limited.getByText(problem).waitFor();
      await limited.getByText('Films need ffmpeg').waitFor();
      await limited.getByText('Limited').waitFor();
      await table
        .getByRole('row')
        .filter({ hasText: 'Ready' })
        .getByText(/^Blender \d/)
        .waitFor();
      const rendering = page.getByRole('table', { name: 'Queues' }).getByRole('row').filter({ hasText: 'Rendering' });
      await expect.poll(() => rendering.innerText()).toMatch(/^Rendering\s+Idle\s+0\s+–\s+0\s+0\s+2$/);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await expect.poll(() => seriousViolations(page)).toEqual([]);
        await picture(`workers-${colorScheme}`);
      }
      expect(complaints).toEqual([]);
    });
  });
});
