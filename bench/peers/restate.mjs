import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http2';
import path from 'node:path';
import { createEndpointHandler, RestatePromise, service } from '@restatedev/restate-sdk';
import { connect } from '@restatedev/restate-sdk-clients';
import { waves } from './waves.mjs';

// The SDK expects Node 22; this is all it misses in Node 20.
Promise.withResolvers ??= () => {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
};

/** Restate: a server of its own beside a service in this process; one invocation a run, one `ctx.run` a node. Its log is RocksDB on disk.
 * @param {{ dir: string, freePort: () => Promise<number>, noop: Function, input: unknown }} options */
export async function restate({ dir, freePort, noop, input }) {
  const graphs = new Map();
  const bench = service({
    name: 'bench',
    handlers: {
      graph: async (ctx, graph) => {
        const outputs = new Map();
        let last;
        for (const wave of graphs.get(graph)) {
          const ended = await RestatePromise.all(
            wave.map(({ node, before }) => {
              const inputs = before.length ? before.map((one) => outputs.get(one)) : [input];
              return ctx.run(node, () => noop(node, inputs));
            }),
          );
          wave.forEach(({ node }, i) => {
            outputs.set(node, ended[i]);
          });
          last = ended.at(-1);
        }
        return last;
      },
    },
  });
  const endpoint = createServer(createEndpointHandler({ services: [bench], logger: () => {} }));
  const [servicePort, ingressPort, adminPort, nodePort] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  await new Promise((resolve) => endpoint.listen(servicePort, '127.0.0.1', resolve));
  const baseDir = path.join(dir, 'restate');
  await mkdir(baseDir, { recursive: true });
  const program = new URL('node_modules/.bin/restate-server', import.meta.url).pathname;
  const server = spawn(program, ['--no-logo', '--base-dir', baseDir, '--listen-mode', 'tcp'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      RESTATE_BIND_ADDRESS: `127.0.0.1:${nodePort}`,
      RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingressPort}`,
      RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${adminPort}`,
      RESTATE_DISABLE_TELEMETRY: 'true',
      RESTATE_LOG_FILTER: 'off',
    },
  });
  const isUp = async (url) => (await fetch(url).catch(() => null))?.ok ?? false;
  for (let tries = 0; !(await isUp(`http://127.0.0.1:${adminPort}/health`)); tries++) {
    if (tries > 300 || server.exitCode !== null) throw new Error('The Restate server does not start.');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const registered = await fetch(`http://127.0.0.1:${adminPort}/deployments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ uri: `http://127.0.0.1:${servicePort}` }),
  });
  if (!registered.ok) throw new Error(`Restate does not take the service: ${await registered.text()}`);
  const client = connect({ url: `http://127.0.0.1:${ingressPort}` }).serviceClient(bench);
  return {
    name: 'Restate 1.7 with a log of its own',
    async prepare(graph) {
      graphs.set(graph.name, waves(graph));
    },
    async run(graph) {
      const { paths } = await client.graph(graph.name);
      return async () => paths;
    },
    async close() {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill();
      await ended;
      endpoint.close();
    },
  };
}
