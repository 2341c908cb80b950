import { describe, expect, it } from 'vitest';
import type { NodeRunStatus } from '../../gql/graphql.js';
import { countOf, failureOf, progressOf, type SharedNode, spanOf, stateOf, withParts } from './parts.js';

const node = (nodeId: string, status: NodeRunStatus, more: Partial<SharedNode> = {}): SharedNode => ({
  ...{ nodeId, status, attempt: 1, progress: status === 'succeeded' ? 1 : 0, isCached: false },
  ...more,
});
const part = (number: number, status: NodeRunStatus, more: Partial<SharedNode> = {}) =>
  node(`t/${number}`, status, { partOf: { nodeId: 't', size: 4, unit: 'frames' }, ...more });
const turntable = (own: NodeRunStatus, ...parts: SharedNode[]) =>
  withParts([node('a', 'succeeded'), ...parts, node('t', own)])[1]!;

describe('nodes with parts', () => {
  it('keeps the order of nodes and of parts', () => {
    const groups = withParts([node('a', 'succeeded'), part(1, 'ready'), part(2, 'ready'), node('t', 'waiting')]);
    expect(groups.map((group) => [group.node.nodeId, ...group.parts.map(({ nodeId }) => nodeId)])).toEqual([
      ['a'],
      ['t', 't/1', 't/2'],
    ]);
  });

  it.each<[NodeRunStatus, NodeRunStatus, NodeRunStatus[]]>([
    ['waiting', 'waiting', ['waiting', 'waiting']],
    ['ready', 'waiting', ['ready', 'ready']],
    ['running', 'waiting', ['running', 'ready']],
    ['running', 'waiting', ['succeeded', 'ready']],
    ['running', 'skipped', ['failed', 'running']],
    ['failed', 'skipped', ['failed', 'succeeded']],
    ['cancelled', 'cancelled', ['succeeded', 'cancelled']],
    ['skipped', 'skipped', ['skipped', 'skipped']],
    ['succeeded', 'succeeded', ['succeeded', 'succeeded']],
    ['running', 'running', ['succeeded', 'succeeded']],
  ])('are %s when the node is %s and its parts are %j', (expected, own, parts) => {
    expect(stateOf(turntable(own, ...parts.map((status, i) => part(i + 1, status)))).status).toBe(expected);
  });

  it('count what their parts have done', () => {
    const group = turntable(
      'waiting',
      part(1, 'succeeded'),
      part(2, 'running', { progress: 0.7499 }),
      part(3, 'ready'),
    );
    expect(countOf(group)).toBe('Frames 7 of 12');
    expect(countOf({ ...group, parts: [part(1, 'running', { progress: 0.7499 })] })).toBe('Frames 3 of 4');
    const halves = [part(1, 'running', { progress: 0.375 }), part(2, 'running', { progress: 0.375 })];
    expect(countOf({ ...group, parts: halves })).toBe('Frames 2 of 8');
    expect(progressOf(group)).toBeCloseTo(0.95 * (4 + 2.9996) * (1 / 12), 4);
    expect(progressOf(turntable('succeeded', part(1, 'succeeded')))).toBe(1);
    expect(countOf(turntable('running', part(1, 'succeeded')))).toBeNull();
    expect(countOf({ node: node('a', 'waiting'), parts: [] })).toBeNull();
  });

  it('fail with the failure of the part', () => {
    const failure = { code: 'BLENDER_KILLED', message: 'Blender was stopped.' };
    const group = turntable('skipped', part(1, 'succeeded'), part(2, 'failed', { failure }));
    expect(failureOf(group)).toMatchObject({ of: { nodeId: 't/2' }, failure });
    expect(failureOf(turntable('waiting', part(1, 'ready', { failure })))).toBeNull();
  });

  it('last from the first part to their own end', () => {
    const times = (second: number) => ({ readyAt: '2026-01-01T00:00:01Z', startedAt: `2026-01-01T00:00:0${second}Z` });
    const group = turntable('running', part(1, 'succeeded', times(4)), part(2, 'succeeded', times(3)));
    expect(spanOf(group)).toEqual({
      readyAt: '2026-01-01T00:00:01Z',
      startedAt: '2026-01-01T00:00:03Z',
      finishedAt: null,
    });
  });
});
