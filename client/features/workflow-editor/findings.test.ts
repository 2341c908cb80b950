import { describe, expect, it } from 'vitest';
import type { WorkflowGraph } from '../../shared/graph/graphModel.js';
import { setParams } from './draft.js';
import { currentFindings, type EditorFinding, messagesOf, paramPathOf } from './findings.js';

const contract = {
  paramSchema: { type: 'object', properties: { samples: { type: 'integer', minimum: 1 } } },
  defaults: { samples: 64 },
};
const saved: WorkflowGraph = {
  format: 1,
  family: 'order_line',
  nodes: [{ id: 'still', step: 'blender_still', params: { samples: -1 } }],
  edges: [],
};
const fromServer: EditorFinding[] = [
  { code: 'PARAM_INVALID', severity: 'error', message: 'Too small.', nodeId: 'still', path: '/nodes/0/params/samples' },
  { code: 'INPUT_UNBOUND', severity: 'error', message: 'No GLB.', nodeId: 'still', path: '/nodes/0' },
];
const codes = (present: WorkflowGraph) =>
  currentFindings(fromServer, saved, present, () => contract).map(({ code, message }) => `${code}: ${message}`);

describe('currentFindings', () => {
  it('is what the server says while nothing was edited', () => {
    expect(codes(saved)).toEqual(['PARAM_INVALID: Too small.', 'INPUT_UNBOUND: No GLB.']);
  });

  it('drops what an edit has put right and keeps the rest', () => {
    expect(codes(setParams(saved, 'still', { samples: 8 }))).toEqual(['INPUT_UNBOUND: No GLB.']);
  });

  it('finds what an edit has made wrong', () => {
    expect(codes(setParams(saved, 'still', { samples: -5 }))).toEqual([
      'PARAM_INVALID: Samples: Must be at least 1.',
      'INPUT_UNBOUND: No GLB.',
    ]);
  });
});

describe('messagesOf', () => {
  const { paramSchema } = contract;

  it('hands the fields of a node what is said about them', () => {
    expect(messagesOf(fromServer, 'still', paramSchema, { samples: 8 })).toEqual([
      { path: '/samples', message: 'Too small.' },
    ]);
    expect(messagesOf(fromServer, 'other', paramSchema, { samples: 8 })).toEqual([]);
  });

  it('leaves out what the form says by itself', () => {
    expect(messagesOf(fromServer, 'still', paramSchema, { samples: -1 })).toEqual([]);
  });
});

describe('paramPathOf', () => {
  it('is null for findings that are not about params', () => {
    expect(paramPathOf({ path: '/edges/2' })).toBeNull();
  });
});
