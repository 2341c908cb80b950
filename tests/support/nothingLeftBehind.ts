import { afterAll, vi } from 'vitest';

/** Files that are tested by one process share its environment, its clock and what they spy on: each finds them as they were. */
afterAll(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  vi.useRealTimers();
});
