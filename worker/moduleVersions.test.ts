import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { dataPort, defineModule } from '../modules/define.js';
import { renamed } from '../modules/upgrades.js';
import { createTestPlatform, type TestPlatform } from '../tests/support/platform.js';
import { testGraph } from '../tests/support/testModules.js';
import { outcomeOf, startTestRun } from '../tests/support/testRuns.js';
import { type DefinitionLookup, lookupIn } from '../workflow/nodeDefinition.js';
import { startWorker } from './worker.js';

/** The same module at different ages: version 2 calls `text` `words`. */
function installation(version: 1 | 2, description = 'Says something.'): DefinitionLookup {
  const words = z.string().default('nothing');
  const module = defineModule({
    key: 'test.say',
    version,
    title: 'Say',
    description,
    families: ['cad_file'],
    inputs: {},
    outputs: { out: dataPort(z.string(), { description: 'What was said.' }) },
    params: version === 1 ? z.object({ text: words }) : z.object({ words }),
    upgrades: version === 1 ? {} : { 1: [renamed('text', 'words')] },
    execution: { capability: 'cpu', determinism: 'effect', timeoutMs: 9_000, retry: { attempts: 1, backoffMs: 0 } },
    legacySource: null,
    run: async (_ctx, _inputs, params) => ({ out: `${version}: ${JSON.stringify(params)}` }),
  });
  return lookupIn({
    say: { step: 'say', module, label: 'Say', description, category: 'test', icon: 'circle', uiSchema: {} },
  });
}

let test: TestPlatform;
beforeAll(async () => {
  test = await createTestPlatform({ definition: installation(2) });
});
afterAll(() => test?.remove());

/** Dispatches where version 2 is installed, and runs on a worker with something else. */
async function runOn(definition: DefinitionLookup, graph: ReturnType<typeof testGraph>) {
  const worker = await startWorker(await test.another({ definition }), { capabilities: ['cpu'] });
  try {
    const runId = await startTestRun(test.platform, graph);
    const { node } = await outcomeOf(test.platform, runId);
    const said = await test.platform.db.runEvent.findMany({ where: { runId, type: 'node.log' } });
    return { node: node.a!, log: said.map(({ data }) => (data as { message: string }).message) };
  } finally {
    await worker.stop(0);
  }
}

describe('module versions', () => {
  const stored = testGraph({ a: { step: 'say', params: { text: 'hello' } } }, []);

  it('run graphs that were published for an older version', async () => {
    const { node, log } = await runOn(installation(2), stored);
    expect(node).toMatchObject({ status: 'succeeded', outputs: { out: { data: '2: {"words":"hello"}' } } });
    expect(log).toEqual([]);
  });

  it('are not run by a worker with another one', async () => {
    const { node } = await runOn(installation(1), stored);
    expect(node).toMatchObject({
      status: 'failed',
      outputs: null,
      failure: {
        code: 'MODULE_VERSION_MISMATCH',
        failureClass: 'transient',
        details: { module: 'test.say', planned: 2, installed: 1 },
      },
    });
  });

  it('are not run by a worker without the module', async () => {
    const { node } = await runOn(() => undefined, stored);
    expect(node.failure).toMatchObject({ code: 'MODULE_UNKNOWN', failureClass: 'transient' });
  });

  it('may differ in what does not matter, and the log of the node says so', async () => {
    const { node, log } = await runOn(installation(2, 'Says it in other words.'), stored);
    expect(node.status).toBe('succeeded');
    expect(log).toEqual(['This worker has another edition of test.say 2 than the run was planned with.']);
  });
});
