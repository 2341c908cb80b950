/** A node is kept by its worker when the worker will have begun it within this time. */
const WITHIN_MS = 250;
const WEIGHT = 0.2;

/** How long nodes of a step take here, as a moving average: decides how much of a fan-out a worker keeps and how much it hands to others. */
export class Pace {
  private readonly averageMs = new Map<string, number>();

  record(step: string, durationMs: number): void {
    const before = this.averageMs.get(step);
    this.averageMs.set(step, before === undefined ? durationMs : before + WEIGHT * (durationMs - before));
  }

  /** Undefined for a step it has not seen. */
  expectedMs(step: string): number | undefined {
    return this.averageMs.get(step);
  }

  /** How many nodes of the step the worker gets through in time with its slots; 0 for a step it has not seen. */
  withinReach(step: string, slots: number): number {
    const average = this.averageMs.get(step);
    return average === undefined ? 0 : Math.floor((slots * WITHIN_MS) / Math.max(average, 0.05));
  }
}
