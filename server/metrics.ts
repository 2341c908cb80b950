import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Response } from 'express';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { RunStatus } from '../generated/prisma/enums.js';
import type { Platform } from '../runtime/platform.js';

/** Requests to these count under their own name, all others as `page`: a label must not grow with what people ask for. */
const ROUTES = [
  '/graphql/stream',
  '/graphql',
  '/assets',
  '/api/uploads',
  '/api/workflows',
  '/health',
  '/metrics',
  '/sign-in',
];
const routeOf = (path: string) => ROUTES.find((route) => path.startsWith(route)) ?? 'page';

/** Prometheus metrics of one server: its own requests, and the state of the installation. */
export function createMetrics({ db, queues }: Pick<Platform, 'db' | 'queues'>) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'hartomat_' });
  const seconds = new Histogram({
    name: 'hartomat_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer, without event streams.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const streams = new Gauge({
    name: 'hartomat_http_event_streams',
    help: 'Open event streams.',
    registers: [registry],
  });
  new Gauge({
    name: 'hartomat_runs',
    help: 'Runs by status.',
    labelNames: ['status'],
    registers: [registry],
    async collect() {
      const groups = await db.run.groupBy({ by: ['status'], _count: { _all: true } });
      for (const status of Object.values(RunStatus)) this.set({ status }, 0);
      for (const { status, _count } of groups) this.set({ status }, _count._all);
    },
  });
  new Gauge({
    name: 'hartomat_queue_jobs',
    help: 'Jobs by queue and state.',
    labelNames: ['capability', 'state'],
    registers: [registry],
    async collect() {
      for (const [capability, states] of Object.entries(await queues.depths()))
        for (const [state, count] of Object.entries(states)) this.set({ capability, state }, count);
    },
  });

  return {
    /** Measures every request that passes. */
    observe(request: IncomingMessage, response: ServerResponse, next: () => void) {
      const begun = process.hrtime.bigint();
      const route = routeOf(request.url!);
      if (route === '/graphql/stream') {
        streams.inc();
        response.once('close', () => streams.dec());
      } else {
        response.once('finish', () =>
          seconds.observe(
            { method: request.method, route, status: response.statusCode },
            Number(process.hrtime.bigint() - begun) / 1e9,
          ),
        );
      }
      next();
    },
    /** `GET /metrics`. */
    async serve(_request: IncomingMessage, response: Response) {
      response.set('Content-Type', registry.contentType).send(await registry.metrics());
    },
  };
}
