import type { LogLevel } from '../modules/context.js';
import type { JsonObject } from '../modules/json.js';
import type { NewEvent, Progress } from '../runtime/engine/engine.js';

const EVERY_MS = 250;
const MAX_LOG_LINES = 1_000;

/** Collects what a running module says and passes it on at most four times a second; the last word is never lost. */
export class Reporter {
  private events: NewEvent[] = [];
  private fraction: number | null = null;
  private message: string | null = null;
  private highest = 0;
  private logLines = 0;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly node: { runId: string; idx: number; token: string },
    private readonly send: (progress: Progress) => void,
  ) {}

  progress(fraction: number, message?: string): void {
    // Never backwards, whatever the module's tool prints.
    this.highest = Math.max(this.highest, Math.min(1, Number.isFinite(fraction) ? fraction : 0));
    this.fraction = this.highest;
    if (message !== undefined) this.message = message.slice(0, 500);
    this.schedule();
  }

  log(level: LogLevel, message: string, fields?: JsonObject): void {
    this.logLines += 1;
    if (this.logLines > MAX_LOG_LINES) return;
    this.events.push({
      type: 'node.log',
      data: { level, message: message.slice(0, 4_000), ...(fields && { fields }) },
    });
    this.schedule();
  }

  /** Ends the reporting and returns what was not sent yet. What succeeded is known to be done; of all else the last word says how far it
   * came. */
  close(isDone: boolean): NewEvent[] {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    if (this.fraction !== null && !isDone) {
      this.events.push(this.progressEvent());
      this.sendAll([]);
    }
    const dropped = this.logLines - MAX_LOG_LINES;
    if (dropped > 0)
      this.events.push({
        type: 'node.log',
        data: { level: 'warn', message: `${dropped} more log lines were left out.` },
      });
    return this.events.splice(0);
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.flush();
    }, EVERY_MS);
  }

  private flush(): void {
    const events = this.events.splice(0);
    if (this.fraction !== null) events.push(this.progressEvent());
    this.sendAll(events);
  }

  private progressEvent(): NewEvent {
    return { type: 'node.progress', data: { fraction: this.fraction, message: this.message } };
  }

  private sendAll(events: NewEvent[]): void {
    this.send({ ...this.node, progress: this.fraction, message: this.message, events });
    this.fraction = null;
  }
}
