import { EventEmitter } from 'node:events';
import type pg from 'pg';
import type { RunStatus } from '../generated/prisma/enums.js';
import type { JsonObject } from '../modules/json.js';
import { isFinal } from './engine/transitions.js';
import { Listener } from './listener.js';
import { waitFor } from './waitFor.js';

/** One line of a run's append-only history. */
export interface RunEvent {
  runId: string;
  /** 1, 2, 3, … without gaps: the cursor to resume from. */
  seq: number;
  at: Date;
  type: string;
  nodeId: string | null;
  data: JsonObject;
}

const PAGE = 500;

/** Live events of runs. One LISTEN connection a process says "run X is at number N"; the events themselves are read from the table,
 * so nothing is lost with a connection and every subscriber goes on from the number it saw last. */
export class RunEvents {
  /** Emits `<runId>` with the newest seq and the run's status where that changed, and `reconnected`. */
  private readonly bus = new EventEmitter().setMaxListeners(0);
  private readonly reads = new Map<string, Promise<RunEvent[]>>();
  private readonly listener: Listener;
  /** How many follow the events of runs. */
  followers = 0;

  constructor(
    private readonly pool: pg.Pool,
    databaseUrl: string,
  ) {
    this.listener = new Listener(
      databaseUrl,
      'hartomat_run',
      (payload) => {
        const [runId = '', seq, status] = payload.split(' ');
        this.bus.emit(runId, Number(seq), status);
      },
      () => this.bus.emit('reconnected'),
    );
  }

  /** Replays the run's events after number `after`, then goes on live; ends when the run has ended, or on `signal`. */
  async *run(runId: string, after: number, signal?: AbortSignal): AsyncGenerator<RunEvent, void, undefined> {
    const stop = signal ?? new AbortController().signal;
    let newest = after;
    const heard = (seq: number) => {
      newest = Math.max(newest, seq);
    };
    // Listening starts before the first read: what is written in between is heard.
    await this.listener.ready();
    this.bus.on(runId, heard);
    this.followers += 1;
    try {
      let cursor = after;
      while (!stop.aborted) {
        const events = await this.read(runId, cursor);
        for (const event of events) {
          cursor = event.seq;
          yield event;
        }
        if (events.length === PAGE || cursor < newest) continue;
        if (events.length === 0 || events.at(-1)?.type === 'run.finished') {
          const { rows } = await this.pool.query('SELECT status, last_seq FROM run WHERE id = $1', [runId]);
          if (!rows[0] || (isFinal(rows[0].status) && rows[0].last_seq <= cursor)) return;
          if (rows[0].last_seq > cursor) continue;
        }
        if (cursor < newest) continue;
        await this.sign(runId, stop);
      }
    } finally {
      this.followers -= 1;
      this.bus.off(runId, heard);
    }
  }

  /** Resolves when something may have happened to the run, or on `signal`; true when that is because the connection was lost meanwhile. */
  private async sign(runId: string, signal: AbortSignal): Promise<boolean> {
    return (await waitFor(this.bus, [runId, 'reconnected'], signal)) === 'reconnected';
  }

  /** Waits for the run's end and returns its status; at once where it has ended. Cheaper than following the events. */
  async ended(runId: string, signal?: AbortSignal): Promise<RunStatus> {
    const stop = signal ?? new AbortController().signal;
    await this.listener.ready();
    let latest: string | null = null;
    const heard = (_seq: number, status: string) => {
      latest = status;
    };
    this.bus.on(runId, heard);
    try {
      for (;;) {
        stop.throwIfAborted();
        if (latest === null) {
          const { rows } = await this.pool.query('SELECT status FROM run WHERE id = $1', [runId]);
          latest ??= rows[0]?.status ?? '-';
        }
        if (isFinal(latest as RunStatus)) return latest as RunStatus;
        if (await this.sign(runId, stop)) latest = null;
      }
    } finally {
      this.bus.off(runId, heard);
    }
  }

  close(): Promise<void> {
    return this.listener.close();
  }

  /** Many subscribers of one run at one place share a read. */
  private read(runId: string, after: number): Promise<RunEvent[]> {
    const key = `${runId} ${after}`;
    const running = this.reads.get(key);
    if (running) return running;
    const read = this.pool
      .query({
        name: 'run_events',
        text: 'SELECT run_id AS "runId", seq, at, type, node_id AS "nodeId", data FROM run_event WHERE run_id = $1 AND seq > $2 ORDER BY seq LIMIT $3',
        values: [runId, after, PAGE],
      })
      .then(({ rows }) => rows as RunEvent[])
      .finally(() => this.reads.delete(key));
    this.reads.set(key, read);
    return read;
  }
}
