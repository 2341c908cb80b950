import type { NextFunction, Request, Response } from 'express';

/** Knows the event streams of a server, so that it can stop. */
export class OpenStreams {
  private readonly responses = new Set<Response>();
  private isStopping = false;

  /** Remembers requests for event streams while they are open; once the server stops, lets none in. */
  readonly track = (request: Request, response: Response, next: NextFunction) => {
    if (!request.headers.accept?.includes('text/event-stream')) return next();
    if (this.isStopping) return void response.status(503).set('Connection', 'close').end();
    this.responses.add(response);
    response.once('close', () => this.responses.delete(response));
    next();
  };

  /** Breaks all streams off. They are not completed: that would tell their clients that nothing more will come. A client whose
   * connection is gone connects again and goes on from its cursor. */
  breakOff(): void {
    this.isStopping = true;
    for (const response of this.responses) response.destroy();
  }
}
