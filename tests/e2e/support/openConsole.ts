import type { Page } from 'playwright-core';
import { openBrowser, openPage, type Visit } from './browser.js';
import { type StartedHartomat, startHartomat } from './startedHartomat.js';

/** A HartOMat of its own, and its owner signed in at a browser. */
export interface OpenConsole {
  hartomat: StartedHartomat;
  page: Page;
  /** What the page complained about so far. */
  complaints: string[];
  /** A page of somebody else, at a browser where nobody is signed in. */
  stranger(): Promise<Visit & { leave(): Promise<void> }>;
  close(): Promise<void>;
}

export async function openConsole({
  colorScheme,
  height = 900,
}: {
  colorScheme: 'light' | 'dark';
  /** Of the window, in pixels; it is 1440 wide. */
  height?: number;
}): Promise<OpenConsole> {
  const [hartomat, browser] = await Promise.all([startHartomat(), openBrowser()]);
  const open = async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height }, colorScheme });
    return { ...(await openPage(context)), leave: () => context.close() };
  };
  const { page, complaints } = await open();
  await page.goto(await hartomat.signInUrl());
  const close = async () => {
    await browser.close();
    await hartomat.stop();
  };
  return { hartomat, page, complaints, stranger: open, close };
}
