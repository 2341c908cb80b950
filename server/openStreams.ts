import type { Grant } from './access.js';
import { identityOf } from './auth.js';
import type { Handler } from './chain.js';

/** A connection over which events go out. */
export interface Stream {
  once(event: 'close', closed: () => void): unknown;
}

/** Knows the event streams of a server, over whichever transport, so that it can stop. */
export class OpenStreams {
  private readonly open = new Map<Stream, { grant: Grant; breakOff: () => void }>();
  private isStopping = false;

  get count(): number {
    return this.open.size;
  }

  /** Remembers requests for event streams while they are open; once the server stops, lets none in. */
  readonly track: Handler = (request, response, next) => {
    if (!request.headers.accept?.includes('text/event-stream')) return next();
    if (this.isStopping) return void response.writeHead(503, { Connection: 'close' }).end();
    const identity = identityOf(request);
    if (identity) this.keep(response, identity, () => response.destroy());
    next();
  };

  /** Remembers a stream until it is closed. @returns false once the server stops: it was broken off. */
  keep(stream: Stream, grant: Grant, breakOff: () => void): boolean {
    if (this.isStopping) breakOff();
    if (this.isStopping) return false;
    this.open.set(stream, { grant, breakOff });
    const left = grant.expiresAt ? grant.expiresAt.getTime() - Date.now() : null;
    // Longer waits than this overflow a timer; a stream that lives on for weeks is asked again by its next connection.
    const expiry = left !== null && left < 2 ** 31 ? setTimeout(breakOff, left) : undefined;
    stream.once('close', () => {
      clearTimeout(expiry);
      this.open.delete(stream);
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
