import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { PATIENCE_MS } from '../../support/patience.js';
import { requireTool } from '../../support/tools.js';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-unsafe-swiftshader',
];

/** The installed Chromium, headless. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: requireTool('chromium'), args: FLAGS });

/** A page and what it complained about so far: exceptions, and errors on the console. */
export interface Visit {
  page: Page;
  complaints: string[];
}

export async function openPage(context: BrowserContext): Promise<Visit> {
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return { page, complaints };
}

/** The page looks as it will go on looking: what changed is drawn, and no colour is on its way to another. */
async function hasSettled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const passing = () =>
      document.getAnimations().filter(({ effect, playState }) => {
        return playState !== 'paused' && effect?.getComputedTiming().endTime !== Infinity;
      });
    await nextFrame();
    await nextFrame();
    while (passing().length > 0) {
      await Promise.allSettled(passing().map(({ finished }) => finished));
      await nextFrame();
    }
  });
}

/** Serious accessibility violations of the page once it has settled: "rule: where". */
export async function seriousViolations(page: Page): Promise<string[]> {
  await hasSettled(page);
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`),
    );
}
