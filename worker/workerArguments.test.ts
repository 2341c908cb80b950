import { expect, it } from 'vitest';
import { CAPABILITIES } from '../modules/define.js';
import { readWorkerArguments } from './workerArguments.js';

it('takes everything where nothing is said', () => {
  expect(readWorkerArguments([])).toEqual({ capabilities: CAPABILITIES, concurrency: {} });
});

it('takes what is named, once each', () => {
  expect(readWorkerArguments(['--capabilities', 'cad, blender,cad', '--concurrency', 'blender=2, cad=4'])).toEqual({
    capabilities: ['cad', 'blender'],
    concurrency: { blender: 2, cad: 4 },
  });
});

it.each([
  [['--capabilities', 'gpu'], 'There is no capability "gpu". Choose from cpu, cad, blender, io.'],
  [['--capabilities', ''], 'There is no capability "". Choose from'],
  [['--concurrency', 'blender=0'], '"blender=0" is not a number of slots'],
  [['--concurrency', 'blender'], '"blender" is not a number of slots'],
  [['--concurrency', 'gpu=2'], 'There is no capability "gpu"'],
  [['--capabilities', 'cad', '--concurrency', 'blender=2'], 'takes cad alone: --concurrency must not name blender'],
  [['--capability', 'cad'], "Unknown option '--capability'"],
  [['cad'], "Unexpected argument 'cad'"],
])('refuses %j in a sentence', (args, message) => {
  expect(() => readWorkerArguments(args)).toThrow(
    expect.objectContaining({ code: 'ARGUMENT_INVALID', message: expect.stringContaining(message) }),
  );
});
