import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { describeWith } from '../support/tools.js';
import { keepPicture, seriousViolations } from './support/browser.js';
import { useConsole } from './support/useConsole.js';

/** Whoever deletes the samples, or starts a server alone, begins with nothing at all. */
describeWith('chromium', 'an installation with nothing in it', () => {
  const session = useConsole({ colorScheme: 'light' });
  beforeAll(async () => {
    await session.hartomat.platform.db.$executeRaw`
      truncate workflow, output_type, product, cad_file, category, pricing_tier, material, render_template cascade`;
  });

  it.each([
    ['/runs', 'Nothing has run yet', 'Upload a CAD file'],
    ['/workflows', 'There is no workflow yet', 'New workflow'],
    ['/orders', 'No orders yet', 'New order'],
    ['/library', 'No CAD files yet', 'Choose files'],
    ['/materials', 'No materials yet', 'Material'],
    ['/templates', 'No render templates yet', 'New studio'],
    ['/templates', 'No environment images yet', 'Upload .hdr or .exr'],
    ['/output-types', 'There is no output type yet', 'New output type'],
    ['/output-types/prices', 'There is no price yet', 'Price'],
    ['/output-types/prices', 'There is no category yet', 'Category'],
    ['/admin?tab=accounts', 'Only you so far', 'Account'],
    ['/admin?tab=tokens', 'No tokens yet', 'Token'],
    ['/admin?tab=webhooks', 'Nobody is told yet', 'Webhook'],
  ])('says at %s that “%s”, and offers “%s”', async (address, said, offered) => {
    const { page, hartomat } = session;
    await page.goto(new URL(address, hartomat.url).href);
    await page.getByRole('heading', { name: said }).waitFor();
    const act = page.locator('main').getByRole('button', { name: offered, exact: true });
    await act.or(page.locator('main').getByRole('link', { name: offered, exact: true })).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('says since when a worker is gone, apart from those that work', async () => {
    const { page, hartomat } = session;
    const ago = new Date(Date.now() - 3 * 3_600_000);
    const gone = { id: randomUUID(), host: 'render-7', pid: 4711, capabilities: ['blender'] };
    await hartomat.platform.db.worker.create({
      data: { ...gone, startedAt: ago, heartbeatAt: ago, stoppedAt: ago },
    });
    await page.goto(new URL('/workers', hartomat.url).href);
    const table = page.getByRole('table', { name: 'Workers that are gone' });
    const row = table.getByRole('row', { name: /render-7/ });
    await row.getByRole('cell', { name: '3 h ago' }).waitFor();
    expect(await table.getByRole('columnheader').allTextContents()).toContain('Gone since');
    expect(await page.getByRole('table', { name: 'Workers that are running' }).getByText('render-7').count()).toBe(0);
    expect(await seriousViolations(page)).toEqual([]);
    await keepPicture(page, 'workers');
  });

  it('leads from an order that cannot be placed to what it needs', async () => {
    const { page, hartomat, complaints } = session;
    await page.goto(new URL('/orders', hartomat.url).href);
    await page.getByRole('button', { name: 'New order' }).click();
    const dialog = page.getByRole('dialog', { name: 'New order' });
    await dialog.getByRole('link', { name: 'Make one of a CAD file' }).waitFor();
    await dialog.getByRole('link', { name: 'See the output types' }).click();
    await page.getByRole('heading', { name: 'There is no output type yet' }).waitFor();
    expect(complaints).toEqual([]);
  });
});
