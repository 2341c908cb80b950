import { createServer } from 'node:http';
import type { TestProject } from 'vitest/node';
import { startServices } from './services.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where test files ask for the shared services. */
    servicesUrl: string;
  }
}

/** Offers one PostgreSQL and one Redis to all test files. They start at the first request, so a run of pure tests starts neither. */
export default async function setup(project: TestProject) {
  const services = await startServices();
  const server = createServer(async (request, response) => {
    try {
      const name = request.url?.slice(1);
      if (name !== 'postgres' && name !== 'redis') throw new Error(`There is no test service "${name}".`);
      response.end(JSON.stringify({ url: await services[name]() }));
    } catch (error) {
      response.statusCode = 500;
      response.end(JSON.stringify({ error: String((error as Error).message) }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('The test services have no address.');
  project.provide('servicesUrl', `http://127.0.0.1:${address.port}`);
  return async () => {
    server.closeAllConnections();
    server.close();
    await services.stop();
  };
}
