import type { NextFunction, Request, Response } from 'express';
import type { Grant } from './access.js';
import { identityOf } from './auth.js';

/** Knows the event streams of a server, so that it can stop. */
export class OpenStreams {
  private readonly responses = new Map<Response, Grant>();
  private isStopping = false;

  /** Remembers requests for event streams while they are open; once the server stops, lets none in. */
  readonly track = (request: Request, response: Response, next: NextFunction) => {
    if (!request.headers.accept?.includes('text/event-stream')) return next();
    if (this.isStopping) return void response.status(503).set('Connection', 'close').end();
    const identity = identityOf(request);
    if (!identity) return next();
    this.responses.set(response, identity);
    const left = identity.expiresAt ? identity.expiresAt.getTime() - Date.now() : null;
    // Longer waits than this overflow a timer; a stream that lives on for weeks is asked again by its next connection.
    const expiry = left !== null && left < 2 ** 31 ? setTimeout(() => response.destroy(), left) : undefined;
    response.once('close', () => clearTimeout(expiry));
    response.once('close', () => this.responses.delete(response));
    next();
  };

  /** Breaks all streams off. They are not completed: that would tell their clients that nothing more will come. A client whose
   * connection is gone connects again and goes on from its cursor. */
  breakOff(): void {
    this.isStopping = true;
    for (const response of this.responses.keys()) response.destroy();
  }

  /** Breaks off the streams of those who lost access. Their clients come back and are refused, or go on where the loss was none. */
  breakOffOf(isLost: (grant: Grant) => boolean): void {
    for (const [response, grant] of this.responses) if (isLost(grant)) response.destroy();
  }
}
