import { randomUUID } from 'node:crypto';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { waves } from './waves.mjs';

/** DBOS Transact: one workflow a run, one step a node, its system database on the same Postgres. The submitter is in the process that works.
 * @param {{ databaseUrl: string, noop: Function, input: unknown }} options */
export async function dbos({ databaseUrl, noop, input }) {
  const graphs = new Map();
  const run = DBOS.registerWorkflow(
    async (graph) => {
      const outputs = new Map();
      let last;
      for (const wave of graphs.get(graph)) {
        const ended = await Promise.all(
          wave.map(({ node, before }) => {
            const inputs = before.length ? before.map((one) => outputs.get(one)) : [input];
            return DBOS.runStep(async () => noop(node, inputs), { name: node });
          }),
        );
        wave.forEach(({ node }, i) => {
          outputs.set(node, ended[i]);
        });
        last = ended.at(-1);
      }
      return last;
    },
    { name: 'graph' },
  );
  DBOS.setConfig({ name: 'bench', systemDatabaseUrl: databaseUrl, systemDatabasePoolSize: 20, logLevel: 'error' });
  await DBOS.launch();
  return {
    name: 'DBOS 5.3 on Postgres',
    async prepare(graph) {
      graphs.set(graph.name, waves(graph));
    },
    async run(graph) {
      const handle = await DBOS.startWorkflow(run, { workflowID: randomUUID() })(graph.name);
      const { paths } = await handle.getResult();
      return async () => paths;
    },
    close: () => DBOS.shutdown(),
  };
}
