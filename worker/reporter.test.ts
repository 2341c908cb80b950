import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Progress } from '../runtime/engine/engine.js';
import { Reporter } from './reporter.js';

let sent: Progress[];
let reporter: Reporter;
beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  reporter = new Reporter({ runId: 'r', idx: 0, token: 't' }, (progress) => sent.push(progress));
});
afterEach(() => void vi.useRealTimers());

const progress = (fraction: number, message: string) => ({ type: 'node.progress', data: { fraction, message } });

it('passes on the newest of many words, four times a second at most', () => {
  for (let i = 1; i <= 100; i++) {
    reporter.progress(i / 200, `step ${i}`);
    vi.advanceTimersByTime(10);
  }
  expect(sent.map(({ progress }) => progress)).toEqual([0.125, 0.25, 0.375, 0.5].map((f) => expect.closeTo(f, 1)));
  expect(sent.at(-1)!.events).toEqual([progress(sent.at(-1)!.progress!, sent.at(-1)!.message!)]);
});

it.each([0.83, 0.2])('tells how far came what fails before the next word is due: %f', (last) => {
  reporter.progress(0.1, 'Reading');
  vi.advanceTimersByTime(300);
  reporter.progress(last, 'Rendering');
  expect(reporter.close(false)).toEqual([progress(last, 'Rendering')]);
  expect(sent.at(-1)).toMatchObject({ token: 't', progress: last, message: 'Rendering', events: [] });
  vi.advanceTimersByTime(1000);
  expect(sent).toHaveLength(2);
});

it('says nothing more of what has succeeded, nor anything twice', () => {
  reporter.progress(1, 'Done');
  reporter.log('info', 'written');
  expect(reporter.close(true)).toEqual([{ type: 'node.log', data: { level: 'info', message: 'written' } }]);
  expect(sent).toEqual([]);
});

it('never goes backwards', () => {
  reporter.progress(0.6, 'a');
  reporter.progress(0.4, 'b');
  expect(reporter.close(false)).toEqual([progress(0.6, 'b')]);
});
