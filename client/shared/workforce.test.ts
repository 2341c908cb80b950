import { expect, it } from 'vitest';
import { problemsOf, whyNobody } from './workforce.js';

const worker = (more: object = {}) => ({
  ...{ host: 'farm-1', isAlive: true, capabilities: ['cpu', 'blender'], blenderProblem: null, ffmpegProblem: null },
  ...more,
});
const PROBLEM = 'Rendering needs Blender, but it is not installed.';

it('tells why nobody takes a node', () => {
  expect(whyNobody('blender', [worker()])).toBeNull();
  expect(whyNobody('cad', [worker()])).toEqual({
    title: 'No worker that reads CAD files is running',
    advice: expect.stringContaining('npm run worker -- --capabilities cad'),
  });
  expect(whyNobody('blender', [worker({ isAlive: false })])?.title).toBe('No worker that renders is running');
  const ill = worker({ blenderProblem: PROBLEM });
  expect(whyNobody('blender', [ill])).toEqual({ title: 'No worker can render', advice: `On farm-1: ${PROBLEM}` });
  // One that can is enough, and light work needs no Blender.
  expect(whyNobody('blender', [ill, worker()])).toBeNull();
  expect(whyNobody('cpu', [ill])).toBeNull();
});

it('lists what is wrong with a worker', () => {
  expect(problemsOf(worker())).toEqual([]);
  expect(problemsOf(worker({ blenderProblem: 'a', ffmpegProblem: 'b' }))).toEqual(['a', 'b']);
});
