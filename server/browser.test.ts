import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openPage } from '../tests/e2e/support/browser.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { describeWith } from '../tests/support/tools.js';
import { createSignInUrl } from './signIn.js';

describeWith('chromium', 'in a real browser', () => {
  let app: TestApp;
  let browser: Browser;
  let clientDir: string;
  beforeAll(async () => {
    clientDir = await mkdtemp(path.join(tmpdir(), 'hartomat-client-'));
    await writeFile(path.join(clientDir, 'index.html'), '<!doctype html><title>Console</title>');
    app = await startTestApp({ clientDir });
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
    await rm(clientDir, { recursive: true });
  });

  test('a sign-in link on a page of another site signs in, in spite of the strict cookie', async () => {
    const link = await createSignInUrl(app.platform.db, app.url);
    const mail = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(`<a id="link" href="${link}">Sign in</a>`);
    });
    await new Promise<void>((resolve) => mail.listen(0, '127.0.0.1', resolve));
    const context = await browser.newContext();
    const { page } = await openPage(context);
    try {
      // To a browser "localhost" and "127.0.0.1" are two sites.
      await page.goto(`http://localhost:${(mail.address() as AddressInfo).port}/`);
      await page.click('#link');
      await page.waitForURL(`${app.url}/`);
      const answer = await page.evaluate(() =>
        fetch('/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"query":"{ viewer { name } }"}',
        }).then((response) => response.json()),
      );
      expect(answer.data).toEqual({ viewer: { name: 'Owner' } });
    } finally {
      await context.close();
      mail.closeAllConnections();
      mail.close();
    }
  });

  test('GraphiQL works without the internet and under its own content security policy', async () => {
    const context = await browser.newContext();
    const { page, complaints } = await openPage(context);
    const foreign: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(app.url) && !/^(blob|data):/.test(request.url())) foreign.push(request.url());
    });
    await page.goto(await createSignInUrl(app.platform.db, app.url));
    await page.goto(`${app.url}/graphql?query=${encodeURIComponent('{ viewer { name } }')}`);
    // Until its editor is there, the button does nothing.
    await page.locator('.graphiql-query-editor').getByText('viewer').first().waitFor();
    await page.getByRole('button', { name: /^Execute query/ }).click();
    await page.getByText('"Owner"').first().waitFor();
    expect(foreign).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
