import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import express from 'express';
import { build } from 'vite';
import config from '../../../vite.config.js';

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self'";
const LOOKUP = [
  { value: 'steel', label: 'Brushed steel', description: 'Cold and matt', __typename: 'LookupOption' },
  { value: 'brass', label: 'Brass', description: null, __typename: 'LookupOption' },
];

/** Serves the form of `schema`, built as the console is built and under the same policy; `lookup` answers two materials. */
export async function serveForm(schema: unknown, defaults: unknown) {
  const dir = await mkdtemp(path.join(tmpdir(), 'hartomat-form-'));
  await build({
    ...config,
    configFile: false,
    root: fileURLToPath(new URL('../../../client/forms/harness', import.meta.url)),
    logLevel: 'error',
    publicDir: false,
    build: { ...config.build, outDir: dir, minify: false },
  });
  const app = express();
  app.use((_request, response, next) => {
    response.set('Content-Security-Policy', CSP);
    next();
  });
  app.get('/form.json', (_request, response) => void response.json({ schema, defaults }));
  app.post('/graphql', (_request, response) => void response.json({ data: { lookup: LOOKUP } }));
  app.get('/favicon.ico', (_request, response) => void response.status(204).end());
  app.use(express.static(dir));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.closeAllConnections();
      server.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
