import { describe, expect, it } from 'vitest';
import { applyEvents, type LiveEvent, type LiveNode, type LiveRun, mergeEvents } from './liveRun.js';

const node = (nodeId: string, more: Partial<LiveNode> = {}): LiveNode => ({
  nodeId,
  status: 'waiting',
  attempt: 0,
  progress: 0,
  isCached: false,
  ...more,
});
const snapshot: LiveRun = { status: 'queued', lastSeq: 1, nodeRuns: [node('a', { status: 'ready' }), node('b')] };
const event = (seq: number, type: string, nodeId: string | null = null, data: unknown = {}): LiveEvent => ({
  seq,
  at: `2026-01-01T00:00:${String(seq).padStart(2, '0')}Z`,
  type,
  nodeId,
  data,
});
const statuses = (run: LiveRun) => [run.status, ...run.nodeRuns.map(({ status }) => status)].join(' ');

describe('applyEvents', () => {
  it('follows a run from its queue to its end', () => {
    const events = [
      event(2, 'run.started'),
      event(3, 'node.started', 'a', { attempt: 1 }),
      event(4, 'node.progress', 'a', { fraction: 0.5, message: 'Reading' }),
      event(5, 'node.finished', 'a', { status: 'succeeded', isCached: true }),
      event(6, 'node.started', 'b', { attempt: 1 }),
      event(7, 'node.finished', 'b', { status: 'failed', failure: { code: 'NO_SOLIDS', message: 'No solids.' } }),
      event(8, 'run.finished', null, {
        status: 'failed',
        failure: { code: 'NO_SOLIDS', message: 'No solids.', nodeId: 'b' },
      }),
    ];
    const seen = events.map((_, index) => statuses(applyEvents(snapshot, events.slice(0, index + 1))));
    expect(seen).toEqual([
      'running ready waiting',
      'running running waiting',
      'running running waiting',
      'running succeeded waiting',
      'running succeeded running',
      'running succeeded failed',
      'failed succeeded failed',
    ]);
    const end = applyEvents(snapshot, events);
    expect(end.nodeRuns[0]).toMatchObject({ isCached: true, progress: 1 });
    expect(end.nodeRuns[1]!.failure?.code).toBe('NO_SOLIDS');
    expect(end).toMatchObject({ lastSeq: 8, finishedAt: '2026-01-01T00:00:08Z', failure: { nodeId: 'b' } });
  });

  it('ignores what the snapshot contains already', () => {
    const run: LiveRun = {
      ...snapshot,
      lastSeq: 5,
      nodeRuns: [node('a', { status: 'succeeded', progress: 1 }), node('b')],
    };
    expect(applyEvents(run, [event(3, 'node.started', 'a'), event(4, 'node.progress', 'a', { fraction: 0.1 })])).toBe(
      run,
    );
  });

  it('goes back to ready while a failed attempt waits for the next one', () => {
    const run = applyEvents(snapshot, [
      event(2, 'node.started', 'a', { attempt: 1 }),
      event(3, 'node.retrying', 'a', { attempt: 1, retryInMs: 500, failure: { code: 'KILLED', message: 'Killed.' } }),
    ]);
    expect(run.nodeRuns[0]).toMatchObject({ status: 'ready', failure: { code: 'KILLED' }, attempt: 1 });
  });

  it('opens failed and skipped nodes again on a retry and keeps the rest', () => {
    const ended: LiveRun = {
      ...snapshot,
      status: 'failed',
      lastSeq: 9,
      nodeRuns: [node('a', { status: 'succeeded' }), node('b', { status: 'failed' }), node('c', { status: 'skipped' })],
    };
    expect(statuses(applyEvents(ended, [event(10, 'run.retried')]))).toBe('queued succeeded waiting waiting');
  });

  it('does not change the snapshot', () => {
    const before = structuredClone(snapshot);
    applyEvents(snapshot, [event(2, 'node.started', 'a')]);
    expect(snapshot).toEqual(before);
  });
});

describe('mergeEvents', () => {
  it('takes every event once', () => {
    const known = [event(1, 'run.queued'), event(2, 'run.started')];
    expect(mergeEvents(known, [event(2, 'run.started'), event(3, 'node.started', 'a')]).map(({ seq }) => seq)).toEqual([
      1, 2, 3,
    ]);
    const twice = [event(3, 'node.started', 'a'), event(3, 'node.started', 'a')];
    expect(mergeEvents(known, twice).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(mergeEvents(known, [event(1, 'run.queued')])).toBe(known);
  });
});
