import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { createOrder } from '../../runtime/orders/orders.js';
import { encodeGlobalId } from '../../schema/globalId.js';
import { RUN_MS } from '../support/patience.js';
import { describeWith } from '../support/tools.js';
import { keepPicture, seriousViolations } from './support/browser.js';
import type { StartedHartomat } from './support/startedHartomat.js';
import { useConsole } from './support/useConsole.js';

/** An order from its lines to what was delivered; the tests go on from one another. */
describeWith('chromium', 'an order in the console', () => {
  const session = useConsole({ colorScheme: 'dark' });
  let hartomat: StartedHartomat;
  let page: Page;
  let complaints: string[];
  let orderId: string;

  beforeAll(async () => {
    ({ hartomat, page, complaints } = session);
    const { product, outputTypeId } = hartomat.seeded;
    const small = { samples: 1, resolution: { width: 64, height: 64 } };
    const lines = [
      { productId: product.id, outputTypeId, quantity: 2, options: small },
      { productId: product.id, outputTypeId, options: { ...small, template: 'studio_sof' } },
    ];
    const { id } = await createOrder(hartomat.platform, { lines, reference: 'PO 4711' });
    orderId = encodeGlobalId('Order', id);
  });

  const line = (number: number) => page.getByRole('row').nth(number);

  it('is found in the list, with its state and its price', async () => {
    await page.getByRole('link', { name: 'Orders' }).click();
    await page.getByText('PO 4711').waitFor();
    await expect
      .poll(() => page.getByRole('row').nth(1).innerText())
      .toMatch(/Not dispatched[\s\S]*87\.00[\s\S]*by the owner/);
    await page.getByLabel('State').selectOption({ label: 'Failed' });
    await page.getByText('No order is in this state').waitFor();
    await page.getByRole('button', { name: 'Show all states' }).click();
    await page.getByRole('link', { name: /^Order \d+$/ }).click();
    await page.getByRole('button', { name: 'Dispatch order' }).waitFor();
    expect(page.url()).toContain(orderId);
    await page.getByText(/ by the owner$/).waitFor();
    await expect.poll(() => line(1).innerText()).toMatch(/2 options[\s\S]*58\.00[\s\S]*Not dispatched/);
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('shows all of a line on a small screen, each cell behind the heading of its column', async () => {
    const size = page.viewportSize()!;
    await page.setViewportSize({ width: 390, height: 844 });
    for (const cell of await line(1).getByRole('cell').all()) {
      const box = await cell.boundingBox();
      if (box) expect(box.x + box.width).toBeLessThanOrEqual(390);
    }
    const price = line(1).getByRole('cell', { name: /58\.00/ });
    expect(await price.evaluate((cell) => getComputedStyle(cell, '::before').content)).toContain('Price');
    expect(await seriousViolations(page)).toEqual([]);
    await page.setViewportSize(size);
  });

  it('keeps in the address what the list was narrowed down to', async () => {
    const places = page.getByRole('navigation', { name: 'Main' });
    await places.getByRole('link', { name: 'Orders' }).click();
    const search = page.getByRole('searchbox', { name: 'Search the orders' });
    await search.fill('PO 4711');
    await page.waitForURL(/text=PO(\+|%20)4711/);
    await page.getByLabel('State').selectOption({ label: 'Failed' });
    await page.getByText('No order fits “PO 4711”').waitFor();
    await page.reload();
    await expect.poll(() => search.inputValue()).toBe('PO 4711');
    await page.getByText('No order fits “PO 4711”').waitFor();
    await places.getByRole('link', { name: 'Orders' }).click();
    await expect.poll(() => search.inputValue()).toBe('');
    await page.getByRole('link', { name: /^Order \d+$/ }).click();
    await page.getByRole('button', { name: 'Dispatch order' }).waitFor();
  });

  it('shows before dispatch what would run, and what stands in the way of which line', async () => {
    await page.getByRole('button', { name: 'Dispatch order' }).click();
    const dialog = page.getByRole('dialog', { name: /Dispatch order/ });
    const second = dialog.getByRole('region', { name: 'Line 2' });
    await second.getByText('Did you mean "studio_soft"?').waitFor();
    await dialog.getByRole('button', { name: 'Dispatch all the same' }).waitFor();
    await dialog
      .getByRole('region', { name: 'Line 1' })
      .getByText(/of 9 nodes will run/)
      .click();
    await expect.poll(() => dialog.getByRole('region', { name: 'Line 1' }).innerText()).toContain('Publish');
    expect(await seriousViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Not now' }).click();
  });

  it('loses the line that cannot run', async () => {
    await page.getByRole('button', { name: 'Remove line 2' }).click();
    await page.getByRole('button', { name: 'Remove the line' }).click();
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    await page.locator('.order-total', { hasText: '58.00' }).waitFor();
  });

  it('says that it is placed where only its run did not start, and is not placed twice', async () => {
    const count = () => hartomat.platform.db.order.count();
    const before = await count();
    await page.goto(new URL('/orders', hartomat.url).href);
    await page.getByRole('button', { name: 'New order' }).click();
    const dialog = page.getByRole('dialog', { name: 'New order' });
    const isDispatch = (text: string | null) => text?.includes('"Dispatch"') ?? false;
    await page.route('**/graphql', (route) =>
      isDispatch(route.request().postData()) ? route.fulfill({ status: 503, body: 'away' }) : route.fallback(),
    );
    await dialog.getByRole('button', { name: 'Order and run' }).click();
    await dialog.getByText('The order is placed, but it does not run yet').waitFor();
    await dialog.getByRole('button', { name: 'Run it' }).click();
    await dialog.getByText('The order is placed, but it does not run yet').waitFor();
    expect(await count()).toBe(before + 1);
    expect(await seriousViolations(page)).toEqual([]);
    await page.unroute('**/graphql');
    await dialog.getByRole('button', { name: 'Show the order' }).click();
    await page.getByRole('button', { name: 'Dispatch order' }).waitFor();
    expect(await count()).toBe(before + 1);
    // What the browser says of the answers above.
    complaints.length = 0;
    await page.goto(new URL(`/orders/${orderId}`, hartomat.url).href);
  });

  describeWith('blender', 'with Blender', () => {
    it('is dispatched and delivered before your eyes', async () => {
      await page.getByRole('button', { name: 'Dispatch order' }).click();
      const dialog = page.getByRole('dialog', { name: /Dispatch order/ });
      await dialog.getByText('Ready').waitFor();
      await dialog.getByRole('button', { name: 'Dispatch', exact: true }).click();
      await dialog.waitFor({ state: 'detached' });
      await line(1).getByText('Delivered').waitFor({ timeout: RUN_MS });
      const thumb = line(1).locator('img.thumb');
      await expect.poll(() => thumb.evaluate(({ naturalWidth }: HTMLImageElement) => naturalWidth)).toBeGreaterThan(0);
      expect(await thumb.getAttribute('src')).toContain('/thumbnails/');
      await line(1).getByRole('button', { name: 'Run again' }).click();
      const again = page.getByRole('dialog', { name: 'Dispatch line 1' });
      await again.getByText('2 of 9 nodes will run').waitFor();
      await expect.poll(() => again.getByText('Cached').count()).toBe(7);
      await again.getByRole('button', { name: 'Not now' }).click();
      expect(complaints).toEqual([]);
    });

    it('is told from others in the list of runs of a phone', async () => {
      await page.goto(new URL('/runs', hartomat.url).href);
      await page.setViewportSize({ width: 390, height: 844 });
      const title = page.getByRole('link', { name: /Deep-groove ball bearing.* · Still 1K/ }).first();
      await title.waitFor();
      await expect.poll(() => title.evaluate((link) => link.scrollWidth > link.clientWidth)).toBe(false);
      await keepPicture(page, 'runs');
    });
  });
});
