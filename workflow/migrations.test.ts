import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../modules/json.js';
import { GRAPH_FORMAT, WorkflowGraph } from './graph.js';
import { type GraphMigration, MIGRATIONS, migrateGraph } from './migrations.js';
import { orderGraph } from './testGraphs.js';

/** A graph as each format wrote it. A new format adds a line here and never changes an old one. */
const WRITTEN: Record<number, JsonObject> = {
  1: {
    format: 1,
    family: 'order_line',
    nodes: [
      { id: 'template', step: 'resolve_template', ui: { x: 0, y: 0 } },
      {
        id: 'still',
        step: 'blender_still',
        params: { samples: 128 },
        retry: { attempts: 3, backoffMs: 2000 },
        onFailure: 'halt',
        timeoutMs: 900000,
        ui: { x: 640, y: 120, label: 'Hero still' },
      },
    ],
    edges: [{ from: { node: 'template', port: 'template' }, to: { node: 'still', port: 'template' } }],
  },
};

describe('graph formats', () => {
  it('have an example and, but for the newest, a migration each', () => {
    const formats = Array.from({ length: GRAPH_FORMAT }, (_, i) => i + 1);
    expect(Object.keys(WRITTEN).map(Number)).toEqual(formats);
    expect(MIGRATIONS.map(({ from }) => from)).toEqual(formats.slice(0, -1));
  });

  it.each(Object.entries(WRITTEN))('are all readable today: %s', (_, stored) => {
    const { graph, findings } = migrateGraph(stored);
    expect(findings).toEqual([]);
    expect(WorkflowGraph.safeParse(graph).error).toBeUndefined();
  });
});

describe('migrateGraph', () => {
  const addsNotes: GraphMigration = {
    from: GRAPH_FORMAT,
    change: 'Graphs carry a note.',
    migrate: (graph) => ({ ...graph, format: GRAPH_FORMAT + 1, note: '' }),
  };
  const renamesNotes: GraphMigration = {
    from: GRAPH_FORMAT + 1,
    change: 'The note is called remark.',
    migrate: ({ note, ...graph }) => ({ ...graph, format: GRAPH_FORMAT + 2, remark: note! }),
  };

  it('goes through every format in between', () => {
    const stored = { ...orderGraph() } as unknown as JsonObject;
    const { graph } = migrateGraph(stored, [addsNotes, renamesNotes], GRAPH_FORMAT + 2);
    expect(graph).toEqual({ ...stored, format: GRAPH_FORMAT + 2, remark: '' });
  });
});
