import { describe, expect, it } from 'vitest';
import type { LiveEvent } from '../../shared/run/liveRun.js';
import { logLines } from './log.js';

const lines = (...events: [type: string, data: unknown][]) =>
  logLines(events.map(([type, data], index): LiveEvent => ({ seq: index + 1, at: '', type, nodeId: 'a', data }))).map(
    ({ level, text }) => `${level}: ${text}`,
  );

describe('logLines', () => {
  it('puts what happened into words and leaves progress out', () => {
    expect(
      lines(
        ['node.started', { attempt: 2 }],
        ['node.progress', { fraction: 0.5 }],
        ['node.log', { level: 'warn', message: 'Two parts share a name.' }],
        ['node.finished', { status: 'succeeded', isCached: true }],
        ['node.finished', { status: 'failed', failure: { code: 'NO_SOLIDS', message: 'The file holds no solids.' } }],
      ),
    ).toEqual([
      'info: Started, attempt 2',
      'warn: Two parts share a name.',
      'info: Reused an earlier result',
      'error: Failed. The file holds no solids. (NO_SOLIDS)',
    ]);
  });

  it('leaves out events it does not know', () => {
    expect(lines(['node.dreamt', {}])).toEqual([]);
  });
});
