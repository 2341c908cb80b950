import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Response } from 'express';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { RunStatus } from '../generated/prisma/enums.js';
import { FAILURE_CLASSES } from '../modules/errors.js';
import type { Platform } from '../runtime/platform.js';
import { queueLoads } from '../runtime/queues/load.js';
import { nodeFailures } from '../runtime/runs/nodeFailures.js';
import type { OpenStreams } from './openStreams.js';

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
export function createMetrics(
  { db, pool, queues, feed, events }: Pick<Platform, 'db' | 'pool' | 'queues' | 'feed' | 'events'>,
  streams: OpenStreams,
) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'hartomat_' });
  const seconds = new Histogram({
    name: 'hartomat_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer, without event streams.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  new Gauge({
    name: 'hartomat_http_event_streams',
    help: 'Event streams that are open or about to be, over server-sent events and WebSockets.',
    registers: [registry],
    collect() {
      this.set(streams.count);
    },
  });
  new Gauge({
    name: 'hartomat_subscriptions',
    help: 'Subscriptions that are followed: to what happens everywhere (feed), and to the events of one run (run).',
    labelNames: ['source'],
    registers: [registry],
    collect() {
      this.set({ source: 'feed' }, feed.followers);
      this.set({ source: 'run' }, events.followers);
    },
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
      this.reset();
      // Without the queue there are no jobs to tell of, and the other metrics are wanted all the more.
      const depths = await queues.depths().catch(() => ({}));
      for (const [capability, states] of Object.entries<Record<string, number>>(depths))
        for (const [state, count] of Object.entries(states)) this.set({ capability, state }, count);
    },
  });

  const loads = sharedBySimultaneous(() => queueLoads({ db, pool }));
  new Gauge({
    name: 'hartomat_nodes',
    help: 'Nodes of runs under way: those that wait for a worker, that wait to be tried again, and that run.',
    labelNames: ['capability', 'state'],
    registers: [registry],
    async collect() {
      for (const { capability, ...load } of await loads())
        for (const state of ['waiting', 'retrying', 'running'] as const) this.set({ capability, state }, load[state]);
    },
  });
  new Gauge({
    name: 'hartomat_queue_oldest_wait_seconds',
    help: 'How long the first of the waiting nodes has been waiting for a worker; 0: none waits.',
    labelNames: ['capability'],
    registers: [registry],
    async collect() {
      for (const { capability, waitingSince } of await loads())
        this.set({ capability }, waitingSince ? Math.max(0, Date.now() - waitingSince.getTime()) / 1e3 : 0);
    },
  });
  new Gauge({
    name: 'hartomat_workers',
    help: 'Workers that are alive, by what they take. One that takes several counts for each.',
    labelNames: ['capability'],
    registers: [registry],
    async collect() {
      for (const { capability, workers } of await loads()) this.set({ capability }, workers);
    },
  });
  new Gauge({
    name: 'hartomat_failed_nodes',
    help: 'Nodes that failed in runs of the last 24 hours, by the class of their failure.',
    labelNames: ['class'],
    registers: [registry],
    async collect() {
      const failures = await nodeFailures(pool);
      for (const failureClass of FAILURE_CLASSES) this.set({ class: failureClass }, failures.get(failureClass) ?? 0);
    },
  });
  new Gauge({
    name: 'hartomat_webhook_deliveries_pending',
    help: 'Webhook deliveries that are still to be made, or to be tried again.',
    registers: [registry],
    async collect() {
      this.set(await db.webhookDelivery.count({ where: { status: 'pending' } }));
    },
  });

  return {
    /** Measures every request that passes. */
    observe(request: IncomingMessage, response: ServerResponse, next: () => void) {
      const begun = process.hrtime.bigint();
      const route = routeOf(request.url!);
      if (route !== '/graphql/stream')
        response.once('finish', () =>
          seconds.observe(
            { method: request.method, route, status: response.statusCode },
            Number(process.hrtime.bigint() - begun) / 1e9,
          ),
        );
      next();
    },
    /** `GET /metrics`. */
    async serve(_request: IncomingMessage, response: Response) {
      response.set('Content-Type', registry.contentType).send(await registry.metrics());
    },
  };
}

/** Metrics are collected side by side: those that ask for the same at once get the same answer. */
function sharedBySimultaneous<T>(ask: () => Promise<T>): () => Promise<T> {
  let pending: Promise<T> | null = null;
  return () => {
    pending ??= ask().finally(() => {
      pending = null;
    });
    return pending;
  };
}
