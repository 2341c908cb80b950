import { expect, it } from 'vitest';
import { fieldWords } from './diffWords.js';

const schemas = {
  params: {
    properties: {
      format: { title: 'File format', oneOf: [{ const: 'frames', title: 'Single frames' }, { const: 'mp4' }] },
      upAxis: { enum: ['y', 'z'] },
    },
  },
  policy: {
    properties: {
      onFailure: { title: 'When it fails', oneOf: [{ const: 'halt', title: 'End the run' }] },
      retry: { title: 'Retry' },
      timeoutMs: { title: 'Time limit' },
    },
  },
};
const said = (path: string, value: unknown) => {
  const { name, textOf } = fieldWords(path, schemas);
  return `${name}: ${textOf(value)}`;
};

it('says values as the forms of the node do', () => {
  expect(said('/params/format', 'frames')).toBe('File format: Single frames');
  expect(said('/params/format', 'mp4')).toBe('File format: mp4');
  expect(said('/params/format', null)).toBe('File format: default');
  expect(said('/params/upAxis', 'y')).toBe('Up axis: y');
  expect(said('/params/goneSince', { a: 1 })).toBe('Gone since: {"a":1}');
  expect(said('/onFailure', 'halt')).toBe('When it fails: End the run');
  expect(said('/retry', { attempts: 3, backoffMs: 5000 })).toBe('Retry: 3 attempts, the second after 5.0 s');
  expect(said('/retry', { attempts: 1, backoffMs: 5000 })).toBe('Retry: one attempt');
  expect(said('/timeoutMs', 90_000)).toBe('Time limit: 1 min 30 s');
});

it('knows that a node without a version was made for the first one of its module', () => {
  expect(said('/version', null)).toBe('Module version: 1');
  expect(said('/version', 6)).toBe('Module version: 6');
});

it('says something before it is known what the settings are called', () => {
  expect(fieldWords('/params/samples', { params: undefined, policy: undefined }).name).toBe('Samples');
});
