import { describe, expect, it } from 'vitest';
import { invocationForm, optionsToStore } from './invocationForm.js';

const still = {
  step: 'blender_still',
  paramSchema: {
    type: 'object',
    properties: {
      samples: { type: 'integer', 'x-invocation': true },
      engine: { type: 'string', 'x-invocation': true },
      threads: { type: 'integer' },
    },
  },
  defaults: { samples: 64, engine: 'cycles', threads: 0 },
};
const graph = { nodes: [{ step: 'blender_still', params: { samples: 96 } }, { step: 'unknown' }] };

describe('invocationForm', () => {
  it('offers the marked params only, with what applies without the order', () => {
    const form = invocationForm(graph, [still], { engine: 'eevee' });
    expect(Object.keys(form.schema.properties)).toEqual(['samples', 'engine']);
    expect(form.defaults).toEqual({ samples: 96, engine: 'eevee' });
  });

  it('is empty without a workflow', () => {
    expect(invocationForm(null, [still], null).schema.properties).toEqual({});
  });
});

describe('optionsToStore', () => {
  it('keeps only what differs', () => {
    expect(optionsToStore({ samples: 96, engine: 'cycles' }, { samples: 96, engine: 'eevee' })).toEqual({
      engine: 'cycles',
    });
  });
});
