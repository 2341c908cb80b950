import { readdir, readFile } from 'node:fs/promises';

// From /proc (proc_pid_stat(5)): not every machine has `ps`.

export interface SeenProcess {
  pid: number;
  parent: number;
  command: string;
  /** In ticks since the machine was started: an id may be given to another process, but not with the same start. */
  startedAt: string;
}

/** Whether the process still runs. A zombie does not: it has ended, only its parent has not looked yet. */
export async function isRunning(pid: number): Promise<boolean> {
  const stat = await statOf(pid);
  return stat !== null && stat.state !== 'Z';
}

/** Ids of those processes that still run; one whose id somebody else has by now does not. */
export async function alive(processes: Iterable<SeenProcess>): Promise<number[]> {
  const seen = [...processes];
  const now = await Promise.all(seen.map(({ pid }) => statOf(pid)));
  return seen
    .filter(({ startedAt }, i) => now[i]?.startedAt === startedAt && now[i]!.state !== 'Z')
    .map(({ pid }) => pid);
}

/** Everything that runs on this machine. */
export async function allProcesses(): Promise<SeenProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const all = await Promise.all(
    pids.map(async (pid) => {
      const [stat, command] = await Promise.all([statOf(pid), readOf(pid, 'cmdline')]);
      return stat && stat.state !== 'Z' ? [{ pid, ...stat, command: command.replaceAll('\0', ' ') }] : [];
    }),
  );
  return all.flat();
}

/** A file of /proc about the process; `''` when it has ended meanwhile or is none of ours. */
export const readOf = (pid: number, file: 'stat' | 'cmdline' | 'environ'): Promise<string> =>
  readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');

async function statOf(pid: number): Promise<{ state: string; parent: number; startedAt: string } | null> {
  const stat = await readOf(pid, 'stat');
  if (stat === '') return null;
  // The name before it may have spaces and brackets. What follows begins with the third field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0]!, parent: Number(fields[1]), startedAt: fields[19]! };
}
