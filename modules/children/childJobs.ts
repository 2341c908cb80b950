import type { FailureClass } from '../errors.js';
import type { JsonObject } from '../json.js';

export interface JobRequest<Job> {
  id: number;
  job: Job;
}

/** What comes back: `begun`, any number of progress messages, then one result or failure. */
export type JobMessage<Result> = { id: number } & (
  | { kind: 'begun' }
  | { kind: 'progress'; fraction: number; message: string }
  | { kind: 'done'; result: Result; rssBytes: number }
  | { kind: 'failed'; failure: JobFailure; rssBytes: number }
);

/** What a job failed with; `unforeseen` is what nobody gave a code. */
export type JobFailure =
  | { code: string; message: string; failureClass: FailureClass; details: JsonObject }
  | { unforeseen: string };

export type OnProgress = (fraction: number, message: string) => void;
