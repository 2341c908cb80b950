import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CAD_DEFAULTS, CadReaders } from '../../modules/cad/occt.js';
import { replicated } from '../../tests/fixtures/step/awkward.js';

const FIXTURES = new URL('../../tests/fixtures/step/', import.meta.url);
const LARGE_BYTES = 30 * 1024 * 1024;
const MiB = 1024 * 1024;

/** Files of 30 MB made for this: hundreds of plain parts, and hundreds of parts with splines in as many assemblies. What a child
 * needs of time and memory, and how long it says nothing. */
export async function largeBench(print: (line: string) => void): Promise<[]> {
  const dir = await mkdtemp(path.join(tmpdir(), 'hartomat-bench-large-'));
  try {
    print(`Large files; a child may grow to ${CAD_DEFAULTS.maxRssBytes / MiB} MB`);
    for (const name of ['housing-p205', 'pillow-block-ucp205']) {
      const one = await readFile(new URL(`${name}.step`, FIXTURES));
      const copies = Math.ceil(LARGE_BYTES / one.length);
      const bytes = replicated(one, copies);
      const stepPath = path.join(dir, 'large.step');
      await writeFile(stepPath, bytes);
      print(`  ${copies} × ${name}, ${(bytes.length / MiB).toFixed(0)} MB: ${await readLarge(stepPath, name, dir)}`);
    }
    return [];
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function readLarge(stepPath: string, name: string, dir: string): Promise<string> {
  const readers = new CadReaders({ maxChildren: 1 });
  let rssBytes = 0;
  let reports = 0;
  let silenceMs = 0;
  let lastAt = performance.now();
  const onProgress = () => {
    reports++;
    silenceMs = Math.max(silenceMs, performance.now() - lastAt);
    lastAt = performance.now();
  };
  const watch = setInterval(async () => {
    for (const pid of readers.pids) rssBytes = Math.max(rssBytes, await residentBytes(pid));
  }, 100);
  const startedAt = performance.now();
  try {
    const tessellation = { linear: { mm: 0.5 }, angularRad: 0.5 };
    const job = { op: 'glb', stepPath, sha256: name, tessellation, outPath: path.join(dir, 'large.glb') } as const;
    const { facts } = await readers.run(job, { onProgress });
    const seconds = (performance.now() - startedAt) / 1000;
    return `${facts.partCount} distinct parts, ${facts.instanceCount} instances, ${seconds.toFixed(1)} s, at most ${(rssBytes / MiB).toFixed(0)} MB resident, ${reports} progress reports, the longest silence ${(silenceMs / 1000).toFixed(1)} s`;
  } finally {
    clearInterval(watch);
    await readers.close();
  }
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s*(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}
