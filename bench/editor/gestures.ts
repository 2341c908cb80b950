import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';

/** How long things took, in milliseconds, one by one: frames, or letters. */
export type Times = number[];

declare global {
  /** What recorder.js puts there. */
  interface Window {
    recordFrames(): void;
    recordLetters(): void;
    stopRecording(): Times;
  }
}

/** Before the page is opened: makes its times recordable. */
export const makeRecordable = (page: Page) =>
  page.addInitScript({ path: fileURLToPath(new URL('recorder.js', import.meta.url)) });

/** The time from one frame to the next while something is done. */
export async function framesWhile(page: Page, work: () => Promise<void>): Promise<Times> {
  await page.evaluate(() => window.recordFrames());
  await work();
  return page.evaluate(() => window.stopRecording());
}

/** The time from each key to the end of the frame that shows what it did. */
export async function lettersWhile(page: Page, work: () => Promise<void>): Promise<Times> {
  await page.evaluate(() => window.recordLetters());
  await work();
  return page.evaluate(() => window.stopRecording());
}

const MOVES = 90;

/** Leads the mouse in a circle, button held: every move is sent once the page has taken the last. */
export async function dragAround(page: Page, from: { x: number; y: number }, radius: number): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  for (let move = 1; move <= MOVES; move++) {
    const angle = (move / MOVES) * 2 * Math.PI;
    await page.mouse.move(from.x + radius * Math.sin(angle), from.y + radius * (1 - Math.cos(angle)));
  }
  await page.mouse.up();
}

export async function zoomInAndOut(page: Page, at: { x: number; y: number }): Promise<void> {
  await page.mouse.move(at.x, at.y);
  for (let turn = 0; turn < 60; turn++) await page.mouse.wheel(0, turn < 30 ? -60 : 60);
}

export async function typeInto(page: Page, field: Locator, text: string): Promise<void> {
  await field.click();
  await page.keyboard.press('End');
  for (const letter of text) {
    await page.keyboard.type(letter);
    await page.waitForTimeout(40);
  }
}

export async function centreOf(locator: Locator): Promise<{ x: number; y: number }> {
  const box = (await locator.boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** A point of the drawing where nothing lies, near its middle. */
export function freeSpot(page: Page): Promise<{ x: number; y: number }> {
  return page.locator('.react-flow__pane').evaluate((pane) => {
    const { x, y, width, height } = pane.getBoundingClientRect();
    const points = Array.from({ length: 400 }, (_, index) => ({
      x: x + width * (0.2 + ((index % 20) / 20) * 0.6),
      y: y + height * (0.2 + (Math.floor(index / 20) / 20) * 0.4),
    }));
    return points.find((point) => document.elementFromPoint(point.x, point.y) === pane)!;
  });
}
