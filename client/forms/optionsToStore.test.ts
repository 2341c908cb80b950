import { expect, it } from 'vitest';
import { optionsToStore } from './optionsToStore.js';

it('keeps only what differs', () => {
  expect(optionsToStore({ samples: 96, engine: 'cycles' }, { samples: 96, engine: 'eevee' })).toEqual({
    engine: 'cycles',
  });
});
