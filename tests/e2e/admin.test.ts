import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { CONSOLE_OPERATIONS } from '../../server/persistedOperations.js';
import { describeWith } from '../support/tools.js';
import { isSignedBy, type Receiver, startReceiver } from '../support/webhookReceiver.js';
import { seriousViolations } from './support/browser.js';
import type { StartedHartomat } from './support/startedHartomat.js';
import { useConsole } from './support/useConsole.js';

describeWith('chromium', 'accounts, tokens and the audit trail', () => {
  beforeAll(() => {
    vi.stubEnv('HARTOMAT_WEBHOOK_ALLOW_HOSTS', '127.0.0.1');
  });
  const session = useConsole({ colorScheme: 'light' });
  let hartomat: StartedHartomat;
  let page: Page;
  let complaints: string[];
  let link: string;
  let receiver: Receiver;

  beforeAll(async () => {
    receiver = await startReceiver();
    ({ hartomat, page, complaints } = session);
    await page.getByRole('link', { name: 'Admin' }).click();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await receiver?.close();
  });
  const picture = async (name: string, of = page) => {
    if (process.env.SCREENSHOTS) await of.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png` });
  };
  const makeAccount = async (name: string, role: string) => {
    await page.getByRole('button', { name: 'Account', exact: true }).click();
    await page.getByLabel('Name').fill(name);
    await page.getByRole('radio', { name: role }).check();
    await picture('account-dialog');
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.getByRole('cell', { name, exact: true }).waitFor();
  };

  it('are made by an admin, who hands on a link and a token that is shown once', async () => {
    await page.getByText('Only you so far').waitFor();
    await picture('empty');
    await makeAccount('Vera', 'Viewer');
    await makeAccount('Shop', 'Partner');
    await picture('accounts');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Sign-in link for Vera' }).click();
    await page.getByRole('button', { name: 'Make the link' }).click();
    link = await page.getByLabel('Link', { exact: true }).inputValue();
    await picture('link');
    await page.getByRole('button', { name: 'Done' }).click();

    await page.getByRole('tab', { name: 'API tokens' }).click();
    await page.getByRole('button', { name: 'Token', exact: true }).click();
    await page.getByLabel('Name').fill('PIM import');
    // Nobody's rights are handed out unasked.
    expect(await page.getByRole('dialog').getByRole('checkbox').count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Create the token' }).isDisabled()).toBe(true);
    await page.getByLabel('Account').selectOption({ label: 'Shop · Partner' });
    await picture('token-dialog');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Create the token' }).click();
    const secret = await page.getByLabel('Token', { exact: true }).inputValue();
    await picture('token-shown');
    await page.getByRole('button', { name: 'I have kept it' }).click();
    const known: string[] = Object.values(JSON.parse(await readFile(CONSOLE_OPERATIONS, 'utf8')));
    const query = known.find((text) => text.startsWith('query Viewer '));
    const ask = () =>
      fetch(new URL('/graphql', hartomat.url), {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
    expect(await (await ask()).json()).toMatchObject({ data: { viewer: { name: 'Shop' } } });
    await expect.poll(() => page.content()).not.toContain(secret);

    await page.getByRole('button', { name: 'Revoke PIM import' }).click();
    await page.getByRole('button', { name: 'Revoke the token' }).click();
    await page.getByText('Revoked').waitFor();
    await expect.poll(async () => (await ask()).status).toBe(401);
    await picture('tokens');
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('webhooks are made, tried out, looked after and removed', async () => {
    const { answers, received, url } = receiver;
    await page.getByRole('tab', { name: 'Webhooks' }).click();
    await page.getByText('Nobody is told yet').waitFor();
    await picture('webhooks-empty');
    await page.getByRole('button', { name: 'Webhook', exact: true }).click();
    await page.getByLabel('Name').fill('Shop');
    await page.getByLabel('Address').fill('http://shop.example/hartomat');
    await page.getByLabel('Account').selectOption({ label: 'Shop · Partner' });
    await page.getByRole('button', { name: 'Create the webhook' }).click();
    await page.getByText('Only https').first().waitFor();
    await picture('webhook-dialog');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByLabel('Address').fill(url);
    await page.getByRole('button', { name: 'Create the webhook' }).click();
    const secret = await page.getByLabel('Secret', { exact: true }).inputValue();
    await page.getByRole('button', { name: 'I have kept it' }).click();

    answers.push(...Array<number>(20).fill(500));
    await page.getByRole('button', { name: 'Send a test event to Shop' }).click();
    await page.getByText('could not take the message now').waitFor();
    await page.getByText('Failing', { exact: true }).waitFor();
    await picture('webhooks-failing');
    answers.length = 0;
    await page.getByRole('button', { name: 'Send webhook.ping to Shop again' }).click();
    await page.getByText('Works').waitFor();
    expect(received.length).toBeGreaterThan(1);
    expect(received.every((each) => isSignedBy(secret, each))).toBe(true);
    await page.locator('summary', { hasText: 'webhook.ping' }).click();
    await picture('webhooks');
    expect(await seriousViolations(page)).toEqual([]);

    await page.getByRole('button', { name: 'Send failed again' }).click();
    await page.getByRole('radio', { name: /At any time/ }).check();
    await picture('webhook-resend');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Send again', exact: true }).last().click();
    await page.getByRole('dialog', { name: 'Nothing to send again' }).waitFor();
    await page.getByRole('button', { name: 'Close', exact: true }).last().click();

    await page.getByRole('button', { name: 'New secret for Shop' }).click();
    await picture('webhook-rotate');
    await page.getByRole('button', { name: 'Make a new secret' }).click();
    expect(await page.getByLabel('Secret', { exact: true }).inputValue()).not.toBe(secret);
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByText('Older secrets sign too until').waitFor();
    await page.getByRole('button', { name: 'Disable Shop' }).click();
    await page.getByText('Disabled', { exact: true }).waitFor();
    await page.getByLabel('State').selectOption('Given up');
    await page.getByText('Nothing of this kind').waitFor();
    await page.getByLabel('State').selectOption('Any state');
    await page.emulateMedia({ colorScheme: 'dark' });
    await picture('webhooks-dark');
    expect(await seriousViolations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'light' });
    const size = page.viewportSize()!;
    await page.setViewportSize({ width: 390, height: 844 });
    for (const act of ['Send a test event to Shop', 'Remove Shop']) {
      const { x, width } = (await page.getByRole('button', { name: act }).boundingBox())!;
      expect(x, act).toBeGreaterThanOrEqual(0);
      expect(x + width, act).toBeLessThanOrEqual(390);
    }
    await picture('webhooks-phone');
    await page.setViewportSize(size);
    await page.getByRole('button', { name: 'Remove Shop' }).click();
    await page.getByRole('button', { name: 'Remove the webhook' }).click();
    await page.getByText('Nobody is told yet').waitFor();
    // The button that asked is gone, and the place is kept.
    const panel = page.getByRole('tabpanel', { name: 'Webhooks' });
    await expect.poll(() => panel.evaluate((part) => part.contains(document.activeElement))).toBe(true);
  });

  it('leave an audit trail that can be filtered', async () => {
    await page.getByRole('tab', { name: 'Audit trail' }).click();
    await page.getByText('revokeApiToken').waitFor();
    await page.getByLabel('Mutation').fill('createacc');
    await expect.poll(() => page.getByRole('cell', { name: 'createAccount' }).count()).toBe(2);
    await expect.poll(() => page.getByText('revokeApiToken').count()).toBe(0);
    await page.reload();
    await expect.poll(() => page.getByRole('cell', { name: 'createAccount' }).count()).toBe(2);
    expect(await page.getByLabel('Mutation').inputValue()).toBe('createacc');
    await page.emulateMedia({ colorScheme: 'dark' });
    await picture('audit-dark');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByLabel('Failed only').click();
    await page.getByText('No mutation fits this filter').waitFor();
    await page.getByRole('button', { name: 'Show everything' }).click();
    await page.getByText('revokeApiToken').waitFor();
    expect(complaints).toEqual([]);
  });

  it('decide what the console offers: a viewer looks, and reads why not more', async () => {
    const vera = await session.stranger();
    await vera.page.goto(link);
    await vera.page.getByRole('link', { name: 'Workflows' }).waitFor();
    expect(await vera.page.getByRole('link', { name: 'Admin' }).count()).toBe(0);
    for (const [place, act] of [
      ['Orders', 'New order'],
      ['Workflows', 'New workflow'],
      ['Library', 'Choose files'],
      ['Materials', 'Material'],
      ['Templates', 'New studio'],
      ['Output types', 'New output type'],
    ] as const) {
      await vera.page.getByRole('link', { name: place }).click();
      const button = vera.page.getByRole('button', { name: act, exact: true }).first();
      await button.waitFor();
      await expect.poll(() => button.getAttribute('aria-disabled'), { message: act }).toBe('true');
      expect(await button.getAttribute('title'), act).toContain('Your role, viewer, may not');
    }
    await vera.page.getByRole('link', { name: 'Workflows' }).click();
    await vera.page.locator('main a[href^="/workflows/"]').first().click();
    await vera.page.getByText('Read only', { exact: true }).waitFor();
    await vera.page.locator('.react-flow__node').first().click();
    const name = vera.page.getByLabel('Name', { exact: true });
    await name.waitFor();
    await expect.poll(() => name.getAttribute('readonly')).not.toBeNull();
    expect(await vera.page.getByRole('searchbox').count()).toBe(0);
    const nodes = await vera.page.locator('.react-flow__node').count();
    await vera.page.keyboard.press('Delete');
    expect(await vera.page.locator('.react-flow__node').count()).toBe(nodes);
    expect(await seriousViolations(vera.page)).toEqual([]);
    await picture('viewer', vera.page);
    expect(await seriousViolations(vera.page)).toEqual([]);
    await vera.page.goto(new URL('/admin', hartomat.url).href);
    await vera.page.getByText('This page is for admins').waitFor();
    for (const place of ['/output-types/new', '/output-types/import']) {
      await vera.page.goto(new URL(place, hartomat.url).href);
      await vera.page.getByText('This page is not for your role').waitFor();
    }
    await vera.page.getByRole('link', { name: 'Go to the output types' }).click();
    await vera.page.getByRole('heading', { name: 'Output types', exact: true }).waitFor();
    expect(vera.complaints).toEqual([]);

    await vera.page.getByRole('button', { name: 'Sign out' }).click();
    await vera.page.getByRole('heading', { name: 'Sign in to HartOMat' }).waitFor();
    await vera.page.goto(new URL('/runs', hartomat.url).href);
    await vera.page.getByRole('heading', { name: 'Sign in to HartOMat' }).waitFor();
    await vera.leave();
  });
});
