import type { ExecutionResult, RequestParams, Client as SseClient } from 'graphql-sse';
import { reportAlive, reportCut } from './connection.js';
import { cursorOf, retryDelayMs } from './resume.js';

interface Sink {
  next(result: ExecutionResult): void;
  error(error: unknown): void;
  complete(): void;
}

/** Subscribes over SSE and stays subscribed: a cut connection is taken up again where it broke off, for as long as it takes.
 * Errors that the server states (unknown run, not signed in) end the stream. Returns what ends it from this side. */
export function subscribeLive(client: SseClient, request: RequestParams, sink: Sink): () => void {
  const cursor = cursorOf(request.variables);
  const stream = {};
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let end = () => {};
  let isOver = false;

  const retry = () => {
    if (isOver) return;
    reportCut(stream);
    timer = setTimeout(connect, retryDelayMs(attempt++));
  };
  const connect = () => {
    end = client.subscribe(
      { ...request, variables: cursor.variables() },
      {
        next: (result) => {
          attempt = 0;
          reportAlive(stream);
          if (cursor.take(result.data)) sink.next(result as ExecutionResult);
        },
        error: (error) => {
          const status = (error as { response?: Response }).response?.status;
          if (status !== undefined && status >= 400 && status < 500) sink.error(error);
          else retry();
        },
        complete: () => {
          reportAlive(stream);
          if (!isOver) sink.complete();
        },
      },
      {
        connected: () => {
          attempt = 0;
          reportAlive(stream);
        },
      },
    );
  };
  connect();
  return () => {
    isOver = true;
    clearTimeout(timer);
    reportAlive(stream);
    end();
  };
}
