import type { ServerResponse } from 'node:http';
import type { Grant } from './access.js';
import { refuse } from './refuse.js';

/** Streams that an account may hold at a time, over all of its tokens and sessions and over every transport. */
export const MOST_STREAMS = 500;

export const TOO_MANY_STREAMS = {
  message: `Hold at most ${MOST_STREAMS} event streams at a time. Close some, or have several subscriptions share one.`,
  extensions: { code: 'TOO_MANY_STREAMS' },
};

/** A connection over which events go out, or a place that is kept for one. */
export interface Stream {
  once(event: 'close', closed: () => void): unknown;
}

/** Longer waits overflow a timer, and end at once. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** Calls at a time. @returns how to give it up. */
function at(time: number, call: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = () => {
    const left = time - Date.now();
    timer = left > LONGEST_WAIT_MS ? setTimeout(wait, LONGEST_WAIT_MS) : setTimeout(call, left);
  };
  wait();
  return () => clearTimeout(timer);
}

/** Knows the event streams of a server, over whichever transport, so that it can stop. */
export class OpenStreams {
  private readonly open = new Map<Stream, { grant: Grant; breakOff: () => void }>();
  /** How many, by account; null: the installation's owner. */
  private readonly held = new Map<string | null, number>();
  private isStopping = false;

  get count(): number {
    return this.open.size;
  }

  /** Whether somebody may hold one more. */
  hasRoomFor({ viewer }: Grant): boolean {
    return (this.held.get(viewer.accountId) ?? 0) < MOST_STREAMS;
  }

  /** Answers whoever gets no stream over HTTP: the server stops, or they have too many. @returns whether it did. */
  refused(response: ServerResponse, grant: Grant): boolean {
    if (this.isStopping) response.writeHead(503, { Connection: 'close' }).end();
    else if (!this.hasRoomFor(grant)) refuse(response, 429, TOO_MANY_STREAMS);
    return response.writableEnded;
  }

  /** Remembers a stream until it is closed. @returns false once the server stops: it was broken off. */
  keep(stream: Stream, grant: Grant, breakOff: () => void): boolean {
    if (this.isStopping) breakOff();
    if (this.isStopping) return false;
    this.open.set(stream, { grant, breakOff });
    const { accountId } = grant.viewer;
    this.held.set(accountId, (this.held.get(accountId) ?? 0) + 1);
    const stopWaiting = grant.expiresAt ? at(grant.expiresAt.getTime(), breakOff) : undefined;
    stream.once('close', () => {
      stopWaiting?.();
      this.open.delete(stream);
      const others = this.held.get(accountId)! - 1;
      if (others > 0) this.held.set(accountId, others);
      else this.held.delete(accountId);
    });
    return true;
  }

  /** Breaks all streams off. They are not completed: that would tell their clients that nothing more will come. A client whose
   * connection is gone connects again and goes on from its cursor. */
  breakOff(): void {
    this.isStopping = true;
    for (const { breakOff } of this.open.values()) breakOff();
  }

  /** Breaks off the streams of those who lost access. Their clients come back and are refused, or go on where the loss was none. */
  breakOffOf(isLost: (grant: Grant) => boolean): void {
    for (const { grant, breakOff } of this.open.values()) if (isLost(grant)) breakOff();
  }
}
