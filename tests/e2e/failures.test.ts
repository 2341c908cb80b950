import type { Page, Route } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { encodeGlobalId } from '../../schema/globalId.js';
import { describeWith } from '../support/tools.js';
import { keepPicture, seriousViolations } from './support/browser.js';
import type { StartedHartomat } from './support/startedHartomat.js';
import { useConsole } from './support/useConsole.js';

const MESSAGE = 'Something went wrong on the server.';
const FAILURE = JSON.stringify({ data: null, errors: [{ message: MESSAGE, extensions: { code: 'INTERNAL' } }] });

/** Lets questions of the page fail: those that `isHit` says so of, by their name. Without it they are answered again. */
async function failQueries(page: Page, isHit?: (name: string) => boolean): Promise<void> {
  await page.unroute('**/graphql');
  if (!isHit) return;
  await page.route('**/graphql', (route: Route) => {
    const { operationName } = JSON.parse(route.request().postData() ?? '{}');
    return isHit(operationName)
      ? route.fulfill({ status: 200, contentType: 'application/json', body: FAILURE })
      : route.continue();
  });
}

describeWith('chromium', 'what could not be loaded', () => {
  const session = useConsole({ colorScheme: 'light' });
  let hartomat: StartedHartomat;
  let page: Page;
  beforeAll(() => {
    ({ hartomat, page } = session);
  });
  const open = (address: string) => page.goto(new URL(address, hartomat.url).href);
  const again = () => page.getByRole('button', { name: 'Try again' });
  const isLoaded = async () => {
    await expect.poll(() => again().count()).toBe(0);
    await page.locator('main h1').first().waitFor();
    await expect.poll(() => page.locator('.loading').count()).toBe(0);
  };

  it.each([
    '/runs',
    '/workflows',
    '/workflows/:workflow',
    '/orders',
    '/catalogue/out-of-date',
    '/library',
    '/materials',
    '/templates',
    '/output-types',
    '/output-types/new',
    '/output-types/:outputType/edit',
    '/output-types/:outputType/parity',
    '/output-types/prices',
    '/output-types/import',
    '/workers',
    '/admin?tab=accounts',
    '/admin?tab=tokens',
    '/admin?tab=webhooks',
    '/admin?tab=audit',
  ])('is said at %s, and asked for again on demand', async (address) => {
    const { cadIntake } = hartomat.seeded;
    const place = address
      .replace(':workflow', encodeURIComponent(encodeGlobalId('Workflow', cadIntake.id)))
      .replace(':outputType', encodeURIComponent(encodeGlobalId('OutputType', hartomat.seeded.outputTypeId)));
    await failQueries(page, (name) => name !== 'Viewer');
    await open(place);
    await again().first().waitFor();
    await page.getByRole('alert').getByText(MESSAGE).first().waitFor();
    await expect.poll(() => page.locator('.loading').count()).toBe(0);
    expect(await seriousViolations(page)).toEqual([]);
    await keepPicture(page, `failed${address.replaceAll(/\W+/g, '-')}`);
    await failQueries(page);
    await again().first().click();
    await isLoaded();
  });

  it('is said of questions that no part of the page speaks of', async () => {
    await failQueries(page, (name) => name === 'IntakeWorkflows');
    await open('/library');
    const note = page.getByRole('alert').filter({ hasText: 'Not everything here could be loaded' });
    await note.getByText(MESSAGE).waitFor();
    await failQueries(page);
    await note.getByRole('button', { name: 'Try again' }).click();
    await isLoaded();
  });

  it('is said in a dialog that covers the page', async () => {
    await open('/library');
    await failQueries(page, (name) => name === 'Categories');
    await page.getByRole('button', { name: 'Product', exact: true }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('alert').getByText(MESSAGE).waitFor();
    await failQueries(page);
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => dialog.getByRole('alert').count()).toBe(0);
    await page.keyboard.press('Escape');
  });

  it('says to whom was signed out how to go on', async () => {
    await open('/workflows');
    await isLoaded();
    const cookies = await page.context().cookies();
    await page.context().clearCookies();
    await page.getByRole('link', { name: 'Output types' }).click();
    await page.getByRole('alert').getByText('You are signed out.').waitFor();
    await page.context().addCookies(cookies);
    await again().first().click();
    await page.getByText('Still 1K, white').first().waitFor();
    await isLoaded();
  });

  it('is asked for again by itself where the server was away', async () => {
    await open('/workflows');
    await isLoaded();
    await page.route('**/graphql', (route) => route.abort('connectionrefused'));
    await page.getByRole('link', { name: 'Output types' }).click();
    await page.getByRole('alert').getByText('The server does not answer').waitFor();
    await keepPicture(page, 'away');
    await failQueries(page);
    await page.getByRole('link', { name: 'Still 1K, white' }).or(page.getByText('Still 1K, white')).first().waitFor();
    await isLoaded();
  });
});
