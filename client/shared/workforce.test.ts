import { expect, it } from 'vitest';
import { problemsOf, whyItWaits } from './workforce.js';

type Worker = Parameters<typeof whyItWaits>[1][number];
const worker = (more: Partial<Worker> = {}): Worker => ({
  ...{ host: 'farm-1', isAlive: true, capabilities: ['cpu', 'blender'], blenderProblem: null, ffmpegProblem: null },
  ...more,
});
const PROBLEM = 'Rendering needs Blender, but it is not installed.';

it('tells why nobody takes a node', () => {
  expect(whyItWaits(['blender', 'cpu'], [worker()])).toEqual([]);
  expect(whyItWaits(['cad', 'cpu'], [worker()])).toEqual([
    {
      title: 'No worker that reads CAD files is running',
      advice: expect.stringContaining('npm run worker -- --capabilities cad'),
    },
  ]);
  expect(whyItWaits(['cad', 'cpu'], [worker({ isAlive: false })])).toEqual([
    { title: 'No worker is running', advice: expect.stringContaining('npm run worker') },
  ]);
  expect(whyItWaits([], [])).toEqual([]);
  const ill = worker({ blenderProblem: PROBLEM });
  expect(whyItWaits(['blender'], [ill])).toEqual([{ title: 'No worker can render', advice: `On farm-1: ${PROBLEM}` }]);
  // One that can is enough, and light work needs no Blender.
  expect(whyItWaits(['blender'], [ill, worker()])).toEqual([]);
  expect(whyItWaits(['cpu'], [ill])).toEqual([]);
});

it('lists what is wrong with a worker', () => {
  expect(problemsOf(worker())).toEqual([]);
  expect(problemsOf(worker({ blenderProblem: 'a', ffmpegProblem: 'b' }))).toEqual(['a', 'b']);
});
