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

/** Keeps what the page looks like in both themes, wide and narrow, in the directory that SCREENSHOTS names; without it nothing. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const dir = process.env.SCREENSHOTS;
  if (!dir) return;
  const size = page.viewportSize()!;
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1440, 390]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ ...size, width });
      const path = `${dir}/${name}-${width}-${colorScheme}.png`;
      await page.screenshot({ path, animations: 'disabled', fullPage: true });
    }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(size);
}
