import { describe, expect, it } from 'vitest';
import type { WorkflowGraph } from '../../shared/graph/graphModel.js';
import {
  type DraftState,
  draftChanges,
  draftReducer,
  effectiveParams,
  effectivePolicy,
  hasChanges,
  leaveDraft,
  modulePolicy,
  moveNodes,
  openDraft,
  paramsToStore,
  restoreDraft,
  resumeDraft,
  setParams,
  setPolicy,
} from './draft.js';

const graph: WorkflowGraph = {
  format: 1,
  family: 'order_line',
  nodes: [
    { id: 'still', step: 'blender_still', params: { samples: 64 }, ui: { x: 0, y: 0 } },
    { id: 'publish', step: 'publish_asset', onFailure: 'continue' },
  ],
  edges: [],
};
const samples = (value: number) => setParams(graph, 'still', { samples: value });
const edit = (value: number, atMs: number, tag = 'still.samples') =>
  ({ type: 'edit', graph: samples(value), tag, atMs }) as const;
const shown = (state: { present: WorkflowGraph }) => state.present.nodes[0]!.params?.samples;

describe('paramsToStore', () => {
  const defaults = { samples: 128, size: { width: 1, height: 1 }, template: null };

  it('keeps only what differs from the defaults', () => {
    expect(paramsToStore({ samples: 64, size: { height: 1, width: 1 }, template: null }, defaults)).toEqual({
      samples: 64,
    });
  });

  it('takes a cleared field for the default', () => {
    expect(paramsToStore({ samples: undefined }, defaults)).toEqual({});
  });

  it('is undone by effectiveParams', () => {
    const data = { samples: 64, size: { width: 2, height: 1 }, template: 'studio' };
    expect(effectiveParams({ id: 'a', step: 's', params: paramsToStore(data, defaults) }, defaults)).toEqual(data);
  });
});

describe('the policy of a node', () => {
  const defaults = modulePolicy({ retryAttempts: 3, retryBackoffMs: 2000, timeoutMs: 60_000 });
  const publish = (after: WorkflowGraph) => after.nodes[1]!;

  it('is that of its module where it says nothing', () => {
    expect(effectivePolicy(graph.nodes[0]!, defaults)).toEqual(defaults);
    expect(effectivePolicy(graph.nodes[1]!, defaults)).toEqual({ ...defaults, onFailure: 'continue' });
  });

  it('is stored as far as it differs, and leaves the rest of the node alone', () => {
    const retry = { attempts: 5, backoffMs: 2000 };
    const changed = setPolicy(graph, 'publish', { ...defaults, retry }, defaults);
    expect(publish(changed)).toEqual({ id: 'publish', step: 'publish_asset', onFailure: 'halt', retry });
    expect(effectivePolicy(publish(changed), defaults)).toEqual({ ...defaults, retry });
    expect(publish(setPolicy(changed, 'publish', { ...defaults }, defaults))).toEqual({
      id: 'publish',
      step: 'publish_asset',
      onFailure: 'halt',
    });
    expect(changed.nodes[0]).toBe(graph.nodes[0]);
  });
});

describe('draftChanges', () => {
  it('names the nodes and their params, and nothing else', () => {
    const after = moveNodes(samples(32), [{ nodeId: 'publish', point: { x: 10, y: 20 } }]);
    expect(draftChanges(graph, after)).toEqual([
      { nodeId: 'still', what: 'changed', params: ['samples'] },
      { nodeId: 'publish', what: 'changed', params: [] },
    ]);
  });

  it('names what was added, taken away and connected otherwise', () => {
    const edge = { from: { node: 'still', port: 'image' }, to: { node: 'publish', port: 'artifact' } };
    expect(draftChanges(graph, { ...graph, edges: [edge] }).map(({ nodeId }) => nodeId)).toEqual(['still', 'publish']);
    const [still] = graph.nodes;
    const other = { id: 'other', step: 'notify' };
    expect(draftChanges(graph, { ...graph, nodes: [still!, other] })).toEqual([
      { nodeId: 'other', what: 'added', params: [] },
      { nodeId: 'publish', what: 'removed', params: [] },
    ]);
  });

  it('is empty when an edit was taken back by hand', () => {
    expect(draftChanges(graph, samples(64))).toEqual([]);
  });
});

describe('moveNodes', () => {
  it('keeps the label and everything else of a node', () => {
    const moved = moveNodes({ ...graph, nodes: [{ id: 'a', step: 's', ui: { x: 0, y: 0, label: 'Hero' } }] }, [
      { nodeId: 'a', point: { x: 5, y: 6 } },
    ]);
    expect(moved.nodes[0]!.ui).toEqual({ x: 5, y: 6, label: 'Hero' });
  });

  it('gives the same graph back when nothing moved', () => {
    expect(moveNodes(graph, [{ nodeId: 'still', point: { x: 0, y: 0 } }])).toBe(graph);
  });
});

describe('draftReducer', () => {
  it('goes back and forth step by step', () => {
    let state = openDraft(graph, 3);
    state = draftReducer(state, edit(32, 0));
    state = draftReducer(state, edit(16, 5000));
    const values = [shown(state)];
    for (const type of ['undo', 'undo', 'undo', 'redo', 'redo', 'redo'] as const) {
      state = draftReducer(state, { type });
      values.push(shown(state));
    }
    expect(values).toEqual([16, 32, 64, 64, 32, 16, 16]);
  });

  it('takes quick edits of one thing for one step', () => {
    let state = openDraft(graph, 3);
    for (const [value, at] of [
      [60, 0],
      [50, 300],
      [40, 900],
    ] as const)
      state = draftReducer(state, edit(value, at));
    expect(shown(draftReducer(state, { type: 'undo' }))).toBe(64);
  });

  it('does not join edits of different things', () => {
    let state = draftReducer(openDraft(graph, 3), edit(60, 0));
    state = draftReducer(state, edit(50, 100, 'positions'));
    expect(shown(draftReducer(state, { type: 'undo' }))).toBe(60);
  });

  it('drops the way forward after a new edit', () => {
    let state = draftReducer(openDraft(graph, 3), edit(60, 0));
    state = draftReducer(state, { type: 'undo' });
    state = draftReducer(state, edit(10, 5000));
    expect(draftReducer(state, { type: 'redo' })).toBe(state);
  });

  it('keeps the way back and newer edits over a save', () => {
    let state = draftReducer(openDraft(graph, 3), edit(60, 0));
    const sent = state.present;
    state = draftReducer(state, edit(50, 5000));
    state = draftReducer(state, { type: 'saved', graph: sent, revision: 4 });
    expect(state.revision).toBe(4);
    expect(draftChanges(state.saved, state.present)).toEqual([
      { nodeId: 'still', what: 'changed', params: ['samples'] },
    ]);
    expect(shown(draftReducer(state, { type: 'undo' }))).toBe(60);
  });

  it('brings back by undo what a draft from elsewhere took the place of', () => {
    let state = draftReducer(openDraft(graph, 3), edit(60, 0));
    state = draftReducer(state, { type: 'loaded', graph: setParams(graph, 'still', { samples: 7 }), revision: 9 });
    expect([shown(state), state.revision]).toEqual([7, 9]);
    state = draftReducer(state, { type: 'undo' });
    expect([shown(state), state.revision]).toEqual([60, 9]);
    expect(hasChanges(state.saved, state.present)).toBe(true);
  });
});

describe('resumeDraft', () => {
  const saved = (state: DraftState) =>
    draftReducer(state, { type: 'saved', graph: state.present, revision: state.revision + 1 });

  it('keeps the way back for whoever comes back', () => {
    leaveDraft('one', saved(draftReducer(openDraft(graph, 3), edit(60, 0))));
    const again = resumeDraft('one', graph, 4);
    expect(shown(again)).toBe(60);
    expect(shown(draftReducer(again, { type: 'undo' }))).toBe(64);
  });

  it('begins anew where the draft was changed elsewhere, or was left unsaved', () => {
    leaveDraft('two', saved(draftReducer(openDraft(graph, 3), edit(60, 0))));
    expect(resumeDraft('two', graph, 5)).toEqual(openDraft(graph, 5));
    leaveDraft('two', draftReducer(openDraft(graph, 5), edit(60, 0)));
    expect(resumeDraft('two', graph, 5)).toEqual(openDraft(graph, 5));
  });
});

describe('restoreDraft', () => {
  const linked = (to: { node: string; port: string }): WorkflowGraph => ({
    ...graph,
    edges: [{ from: { node: 'still', port: 'still' }, to }],
  });

  it('puts what was kept on top of what the server has, and undo takes it back', () => {
    const state = restoreDraft(openDraft(graph, 4), { graph: samples(60), revision: 3 });
    expect([shown(state), state.revision]).toEqual([60, 3]);
    expect(shown(draftReducer(state, { type: 'undo' }))).toBe(64);
  });

  it('sees that the server got all of it, whatever the order it writes things down in', () => {
    const state = openDraft(linked({ port: 'source', node: 'publish' }), 4);
    expect(restoreDraft(state, { graph: linked({ node: 'publish', port: 'source' }), revision: 3 })).toBe(state);
  });

  it('trusts no revision that the server does not have', () => {
    expect(restoreDraft(openDraft(graph, 4), { graph: samples(60), revision: 9 }).revision).toBe(4);
  });
});
