import { setTimeout as sleep } from 'node:timers/promises';
import { allProcesses } from './processes.js';

/** For so long the load is measured. */
export const LOAD_WINDOW_MS = 300;

/** Share of one processor that this process takes just now: computing takes what it gets, waiting next to nothing. */
export async function processorLoad(): Promise<number> {
  const before = process.cpuUsage();
  await sleep(LOAD_WINDOW_MS);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / LOAD_WINDOW_MS;
}

/** Ids of this process's own children. */
export const ownChildren = async (): Promise<number[]> =>
  (await allProcesses()).filter(({ parent }) => parent === process.pid).map(({ pid }) => pid);
