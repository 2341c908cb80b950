import type { Locator } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { describeWith } from '../support/tools.js';
import { keepPicture, seriousViolations } from './support/browser.js';
import { useConsole } from './support/useConsole.js';

/** The tests go on from one another. */
describeWith('chromium', 'prices and categories', () => {
  const session = useConsole({ colorScheme: 'light' });
  beforeAll(async () => {
    const { page } = session;
    await page.getByRole('link', { name: 'Output types' }).click();
    await page.getByRole('link', { name: 'Prices and categories' }).click();
    await page.getByRole('heading', { name: 'Product categories' }).waitFor();
  });
  const picture = (name: string) => keepPicture(session.page, name);
  const row = (name: string) => session.page.getByRole('row').filter({ hasText: name });
  const dialog = (name: string) => session.page.getByRole('dialog', { name });

  it('makes a price, and says at its field what is no amount', async () => {
    const { page, hartomat } = session;
    await page.getByRole('button', { name: 'Price', exact: true }).click();
    const form = dialog('New price');
    await form.getByLabel('Name').fill('Rush, 24 h');
    await form.getByLabel('Price of a piece').fill('49.999');
    await form.getByText('An amount of EUR').waitFor();
    expect(await form.getByRole('button', { name: 'Create the price' }).isDisabled()).toBe(true);
    await form.getByLabel('Price of a piece').fill('49,90');
    await form.getByLabel('Currency').fill('XQZ');
    await form.getByRole('button', { name: 'Create the price' }).click();
    await form.getByText('Give the code of a currency').waitFor();
    await picture('price-dialog');
    expect(await seriousViolations(page)).toEqual([]);
    await form.getByLabel('Currency').fill('eur');
    await form.getByRole('button', { name: 'Create the price' }).click();
    await row('Rush, 24 h').getByText('49.90').waitFor();
    const tier = await hartomat.platform.db.pricingTier.findUniqueOrThrow({ where: { key: 'rush_24_h' } });
    expect(tier).toMatchObject({ currency: 'EUR', unitPriceCents: 4990 });
  });

  it('returns the focus from a dialog to what opened it', async () => {
    const { page } = session;
    const edit = page.getByRole('button', { name: 'Edit the price Rush, 24 h' });
    await edit.press('Enter');
    const form = dialog('Rush, 24 h');
    await form.waitFor();
    await page.keyboard.press('Escape');
    await form.waitFor({ state: 'detached' });
    expect(await edit.evaluate((button) => button === document.activeElement)).toBe(true);
  });

  it('changes a price, and keeps one that something costs', async () => {
    const { page, hartomat } = session;
    await page.getByRole('button', { name: 'Edit the price Rush, 24 h' }).click();
    await dialog('Rush, 24 h').getByLabel('Price of a piece').fill('55');
    await dialog('Rush, 24 h').getByRole('button', { name: 'Save the price' }).click();
    await row('Rush, 24 h').getByText('55.00').waitFor();
    const used = await hartomat.platform.db.pricingTier.findFirstOrThrow({ where: { outputTypes: { some: {} } } });
    await page.getByRole('button', { name: `Archive the price ${used.label}` }).click();
    await page.getByText('another price first').waitFor();
    await picture('prices');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Archive the price Rush, 24 h' }).click();
    await row('Rush, 24 h').waitFor({ state: 'detached' });
    await page.getByRole('checkbox', { name: 'Archived ones too' }).check();
    await page.getByRole('button', { name: 'Offer the price Rush, 24 h' }).click();
    await page.getByRole('button', { name: 'Archive the price Rush, 24 h' }).waitFor();
  });

  it('says what was archived, takes no focus for it, and takes it back', async () => {
    const { page } = session;
    await page.getByRole('button', { name: 'Archive the price Rush, 24 h' }).click();
    const notice = page.getByRole('status').locator('.notice').filter({ hasText: '“Rush, 24 h” is archived.' });
    await notice.waitFor();
    expect(await notice.locator(':focus').count()).toBe(0);
    await picture('notice');
    expect(await seriousViolations(page)).toEqual([]);
    await notice.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Archive the price Rush, 24 h' }).waitFor();
    await notice.waitFor({ state: 'detached' });
  });

  it('leads the keyboard to what was said, to take it back, and returns it', async () => {
    const { page } = session;
    await page.getByRole('button', { name: 'Archive the price Rush, 24 h' }).click();
    const notice = page.getByRole('region', { name: 'Notices' }).getByText('“Rush, 24 h” is archived.');
    await notice.waitFor();
    const isFocused = (button: Locator) => expect.poll(() => button.evaluate((one) => one === document.activeElement));
    const edit = page.getByRole('button', { name: 'Edit the price Rush, 24 h' });
    await edit.focus();
    await page.keyboard.press('F8');
    await isFocused(page.getByRole('button', { name: 'Undo' })).toBe(true);
    await page.keyboard.press('F8');
    await isFocused(edit).toBe(true);
    await page.keyboard.press('F8');
    await page.keyboard.press('Enter');
    await notice.waitFor({ state: 'detached' });
    await isFocused(edit).toBe(true);
    await page.getByRole('button', { name: 'Archive the price Rush, 24 h' }).waitFor();
  });

  it('makes and renames a category, and keeps one that something belongs to', async () => {
    const { page } = session;
    await page.getByRole('button', { name: 'Category', exact: true }).click();
    await dialog('New category').getByLabel('Name').fill('Pumps');
    await dialog('New category').getByRole('button', { name: 'Create the category' }).click();
    await page.getByRole('button', { name: 'Rename the category Pumps' }).click();
    await dialog('Pumps').getByLabel('Name').fill('Gear pumps');
    await dialog('Pumps').getByRole('button', { name: 'Save the category' }).click();
    await row('Gear pumps').waitFor();
    await page.getByRole('button', { name: 'Archive the category Bearings' }).click();
    await page.getByText('Take them out of it first').waitFor();
    await page.getByRole('button', { name: 'Archive the category Gear pumps' }).click();
    await page.getByRole('button', { name: 'Offer the category Gear pumps' }).click();
    await page.getByRole('button', { name: 'Archive the category Gear pumps' }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('makes both where an output type is given its terms, and chooses them there', async () => {
    const { page, complaints } = session;
    await page.getByRole('link', { name: 'Output types' }).first().click();
    await page.getByRole('link', { name: 'New output type' }).click();
    await page.getByRole('button', { name: /Terms/ }).click();
    await page.getByRole('button', { name: 'New price' }).click();
    await dialog('New price').getByLabel('Name').fill('Film');
    await dialog('New price').getByLabel('Price of a piece').fill('120');
    await dialog('New price').getByRole('button', { name: 'Create the price' }).click();
    const chosen = page.getByLabel('Price of a piece').locator('option:checked');
    await expect.poll(() => chosen.innerText()).toContain('Film');
    await page.getByRole('button', { name: 'New category' }).click();
    await dialog('New category').getByLabel('Name').fill('Gaskets');
    await dialog('New category').getByRole('button', { name: 'Create the category' }).click();
    const gaskets = page.getByRole('checkbox', { name: 'Gaskets' });
    await gaskets.waitFor();
    expect(await gaskets.isChecked()).toBe(true);
    await picture('terms');
    expect(await seriousViolations(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('says that they could not be loaded, and not that there are none', async () => {
    const { page, hartomat } = session;
    const failed = { data: null, errors: [{ message: 'The database is away.', extensions: { code: 'INTERNAL' } }] };
    await page.route('**/graphql', (route) =>
      route.request().postDataJSON().operationName === 'PricingTiers'
        ? route.fulfill({ json: failed })
        : route.continue(),
    );
    await page.goto(new URL('/output-types/prices', hartomat.url).href);
    await page.getByText('The prices could not be loaded').waitFor();
    await row('Bearings').waitFor();
    expect(await page.getByText('There is no price yet').count()).toBe(0);
    await page.unrouteAll();
  });
});
