import { describe, expect, it } from 'vitest';
import { cursorOf, retryDelayMs } from './resume.js';

describe('cursorOf', () => {
  it('asks for what comes after the last event seen', () => {
    const cursor = cursorOf({ runId: 'r', after: 4 });
    cursor.take({ runEvents: { seq: 5 } });
    cursor.take({ runEvents: { seq: 6 } });
    expect(cursor.variables()).toEqual({ runId: 'r', after: 6 });
  });

  it('drops an event that was seen before', () => {
    const cursor = cursorOf({ runId: 'r', after: 4 });
    expect(cursor.take({ runEvents: { seq: 5 } })).toBe(true);
    expect(cursor.take({ runEvents: { seq: 5 } })).toBe(false);
    expect(cursor.take({ runEvents: { seq: 3 } })).toBe(false);
  });

  it('asks for what comes after the last cursor seen', () => {
    const cursor = cursorOf(undefined);
    expect(cursor.take({ runChanged: { cursor: '7.1' } })).toBe(true);
    expect(cursor.variables()).toEqual({ after: '7.1' });
  });

  it('starts a stream without either over as it was asked for', () => {
    const cursor = cursorOf({ a: 1 });
    expect(cursor.take({ somethingElse: { id: 'x' } })).toBe(true);
    expect(cursor.take(null)).toBe(true);
    expect(cursor.variables()).toEqual({ a: 1 });
  });
});

describe('retryDelayMs', () => {
  it('grows from half a second and stops at ten', () => {
    expect([0, 1, 2, 10].map((attempt) => retryDelayMs(attempt, 0.5))).toEqual([500, 1000, 2000, 10_000]);
  });
});
