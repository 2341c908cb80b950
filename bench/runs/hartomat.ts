import { Readable } from 'node:stream';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { dataPort, defineModule } from '../../modules/define.js';
import { importCadFile } from '../../runtime/library/cadFiles.js';
import { makeLog } from '../../runtime/log.js';
import { openPlatform } from '../../runtime/platform.js';
import { dispatch } from '../../runtime/runs/dispatch.js';
import type { Settings } from '../../runtime/settings.js';
import { startWorker } from '../../worker/worker.js';
import { lookupIn } from '../../workflow/nodeDefinition.js';
import type { BenchGraph } from '../graphs.js';
import type { Contestant } from '../measure.js';
import { noop, Payload } from '../step.js';

const noopModule = (determinism: 'volatile' | 'effect') =>
  defineModule({
    key: `bench.${determinism}`,
    version: 1,
    title: 'No-op',
    description: 'The step of the benchmark.',
    families: ['cad_file'],
    inputs: { inputs: dataPort(Payload, { description: 'Outputs of the predecessors.', required: false, many: true }) },
    outputs: { output: dataPort(Payload, { description: 'The step’s own.' }) },
    params: z.object({ node: z.string().default('') }),
    // Never answered from the result cache: every node really runs.
    execution: { capability: 'cpu', determinism, timeoutMs: 60_000, retry: { attempts: 1, backoffMs: 0 } },
    legacySource: null,
    run: async (_ctx, { inputs }, { node }) => ({ output: noop(node, inputs ?? []) }),
  });

const nodeDefinition = (step: 'volatile' | 'effect') => ({
  step,
  module: noopModule(step),
  label: 'No-op',
  description: '',
  category: 'bench',
  icon: 'circle',
  uiSchema: {},
});
const definition = lookupIn({ volatile: nodeDefinition('volatile'), effect: nodeDefinition('effect') });

/** HartOMat itself, through its real dispatch and worker, all nodes and events recorded in Postgres.
 * @param step `volatile`: nodes without effects, which may run ahead of their record. `effect`: each waits until those before it are on record. */
export async function hartomat(
  settings: Settings,
  concurrency: number,
  step: 'volatile' | 'effect',
): Promise<Contestant> {
  const log = makeLog('warn');
  const options = { definition, log, queuePrefix: `bench-${process.pid}` };
  // Two platforms, as a server and a worker process have.
  const [server, host] = [await openPlatform(settings, options), await openPlatform(settings, options)];
  const worker = await startWorker(host, { capabilities: ['cpu'], concurrency: { cpu: concurrency } });
  const cadFile = await importCadFile(server, {
    name: 'bench.step',
    content: Readable.from([Buffer.from('ISO-10303-21;\nEND-ISO-10303-21;\n')]),
  });
  const workflows = new Map<string, string>();

  return {
    name: `HartOMat${step === 'effect' ? ', effects,' : ''} on ${settings.redisUrl ? 'Redis' : 'Postgres'}`,
    async prepare(graph: BenchGraph) {
      const id = uuidv7();
      const stored = {
        format: 1,
        family: 'cad_file',
        nodes: graph.nodes.map((node) => ({ id: node, step, params: { node } })),
        edges: graph.edges.map(([from, to]) => ({
          from: { node: from, port: 'output' },
          to: { node: to, port: 'inputs' },
        })),
      };
      await server.db.workflow.create({
        data: {
          id,
          key: id,
          name: graph.name,
          family: 'cad_file',
          draft: stored,
          versions: { create: { number: 1, graph: stored } },
        },
      });
      workflows.set(graph.name, id);
    },
    async run(graph: BenchGraph) {
      const { runId } = await dispatch(server, { cadFileId: cadFile.id, workflowId: workflows.get(graph.name)! });
      const status = await server.events.ended(runId);
      if (status !== 'succeeded') throw new Error(`run ${runId} ${status}`);
      return async () => {
        const { rows } = await server.pool.query(
          `SELECT outputs #>> '{output,data,paths}' AS paths FROM node_run WHERE run_id = $1 ORDER BY idx DESC LIMIT 1`,
          [runId],
        );
        return Number(rows[0].paths);
      };
    },
    async close() {
      await worker.stop(0);
      await host.close();
      await server.close();
    },
  };
}
