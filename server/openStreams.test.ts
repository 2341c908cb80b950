import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { OWNER } from '../runtime/access/ownership.js';
import type { Grant } from './access.js';
import { OpenStreams } from './openStreams.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const DAY_MS = 24 * 3600 * 1000;
const until = (expiresAt: Date) => ({ viewer: { ...OWNER, name: 'Owner', role: 'admin' }, expiresAt }) as Grant;

test.each([1, 24, 30, 100])('a stream ends with what opened it, after %i days', (days) => {
  const breakOff = vi.fn();
  new OpenStreams().keep(new EventEmitter(), until(new Date(Date.now() + days * DAY_MS)), breakOff);
  vi.advanceTimersByTime(days * DAY_MS - 1);
  expect(breakOff).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(breakOff).toHaveBeenCalledOnce();
});

test('nothing is waited for once a stream is closed', () => {
  const stream = new EventEmitter();
  new OpenStreams().keep(stream, until(new Date(Date.now() + 30 * DAY_MS)), () => {});
  vi.advanceTimersByTime(29 * DAY_MS);
  stream.emit('close');
  expect(vi.getTimerCount()).toBe(0);
});
