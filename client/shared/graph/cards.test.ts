import { describe, expect, it } from 'vitest';
import type { GraphDefinitionFragment } from '../../gql/graphql.js';
import { cardsOf, placeCards } from './cards.js';
import type { WorkflowGraph } from './graphModel.js';

const edge = (from: string, to: string) => ({ from: { node: from, port: 'out' }, to: { node: to, port: 'in' } });
const graph: WorkflowGraph = {
  format: 1,
  family: 'order_line',
  nodes: [
    { id: 'a', step: 's' },
    { id: 'b', step: 'known' },
  ],
  edges: [edge('a', 'b')],
};
const known = {
  step: 'known',
  label: 'Known',
  inputContract: [{ name: 'in' }],
  outputContract: [],
} as unknown as GraphDefinitionFragment;
const definitions = new Map([['known', known]]);

describe('cardsOf', () => {
  it('shows ports that only edges know of', () => {
    const cards = cardsOf(graph, definitions, new Map());
    expect(cards.get('a')).toMatchObject({ label: 's', looseInputs: [], looseOutputs: ['out'] });
    expect(cards.get('b')).toMatchObject({ label: 'Known', looseInputs: [], looseOutputs: [] });
  });

  it('keeps the card of what shows the same, and makes that anew that does not', () => {
    const before = cardsOf(graph, definitions, new Map([['a', { note: '1 s' }]]));
    const again = cardsOf(structuredClone(graph), definitions, new Map([['a', { note: '1 s' }]]), before);
    expect(again.get('a')).toBe(before.get('a'));
    const after = cardsOf(graph, definitions, new Map([['a', { note: '2 s' }]]), before);
    expect(after.get('a')).not.toBe(before.get('a'));
    expect(after.get('a')?.overlay).toEqual({ note: '2 s' });
    expect(after.get('b')).toBe(before.get('b'));
  });
});

describe('placeCards', () => {
  it('leaves nodes where they are saved, and lays out those that are not', () => {
    const saved = { ...graph, nodes: graph.nodes.map((node, at) => ({ ...node, ui: { x: at * 10, y: 5 } })) };
    expect(placeCards(saved, definitions).get('b')).toEqual({ x: 10, y: 5 });
    expect(placeCards(graph, definitions).get('b')!.x).toBeGreaterThan(placeCards(graph, definitions).get('a')!.x);
  });
});
