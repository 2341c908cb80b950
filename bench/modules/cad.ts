import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { CadReaders } from '../../modules/cad/occt.js';
import { onPath } from '../../scripts/lib/debian.mjs';
import { replicated } from '../../tests/fixtures/step/awkward.js';

// node --import tsx bench/modules/cad.ts [fixtures | large]
// STEP → GLB in a warm child beside native OpenCascade reading and meshing the same file to the same deflection, turn by turn.

const FIXTURES = fileURLToPath(new URL('../../tests/fixtures/step', import.meta.url));
const NAMES = ['bearing-6205', 'pillow-block-ucp205', 'conveyor-48', 'flanged-shaft-inch', 'housing-p205'];
const LINEAR_MM = 0.05;
const ANGULAR_DEG = 20;
const ROUNDS = 5;
const LARGE_BYTES = 30 * 1024 * 1024;
const MiB = 1024 * 1024;

/** Prints the figures of the CAD modules. */
export async function cadBench(print: (line: string) => void, only?: string): Promise<void> {
  const dir = await mkdtemp(path.join(tmpdir(), 'hartomat-bench-cad-'));
  const readers = new CadReaders({ maxChildren: 1, recycleJobs: Number.POSITIVE_INFINITY });
  try {
    if (only !== 'large') await besideNative(readers, dir, print);
    if (only !== 'fixtures') await large(dir, print);
  } finally {
    await readers.close();
    await rm(dir, { recursive: true, force: true });
  }
}

/** Every fixture, ours and native by turns so that both see the same machine; medians. The first read of a process is told apart. */
async function besideNative(readers: CadReaders, dir: string, print: (line: string) => void): Promise<void> {
  const native = await Native.find(dir);
  print(`STEP → GLB, chord error ${LINEAR_MM} mm, facets ${ANGULAR_DEG}°, median of ${ROUNDS} in a warm process`);
  if (!native) print('  SKIPPED native OpenCascade: occt-draw is not installed (Debian: apt-get install occt-draw).');
  let isFirst = true;
  for (const name of NAMES) {
    const ours: number[] = [];
    const cached: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const startedAt = performance.now();
      await glb(readers, dir, name, round);
      const elapsed = performance.now() - startedAt;
      const againAt = performance.now();
      await glb(readers, dir, name, round);
      cached.push(performance.now() - againAt);
      if (isFirst)
        print(`  first file of a new child: ${elapsed.toFixed(0)} ms (${name}; WASM is compiled as it runs)`);
      // The first round warms both up.
      else if (round > 0) ours.push(elapsed);
      isFirst = false;
      if (native && round > 0) theirs.push(await native.readAndMesh(path.join(FIXTURES, `${name}.step`)));
    }
    const ratio = theirs.length > 0 ? median(ours) / median(theirs) : undefined;
    print(
      `  ${name.padEnd(22)} ${ms(ours)} · again, from memory ${ms(cached)}${
        ratio === undefined
          ? ''
          : ` · native ${ms(theirs)} · ${ratio.toFixed(2)}×${ratio > 2 ? ' (above 2×: see below)' : ''}`
      }`,
    );
  }
  if (native) {
    print(
      '  What is above 2× is OpenCascade itself: as WebAssembly it takes about twice the CPU time of the native build, and',
    );
    print('  some 25 ms a file to set up that native does in 10; our own share (text, model, GLB) is 5 to 40 ms.');
  }
}

let variant = 0;
/** A chord error that differs in the ninth digit keeps rounds from being answered from memory. */
async function glb(readers: CadReaders, dir: string, name: string, round: number): Promise<void> {
  await readers.run({
    op: 'glb',
    stepPath: path.join(FIXTURES, `${name}.step`),
    sha256: name,
    tessellation: { linear: { mm: LINEAR_MM + round * 1e-9 }, angularRad: (ANGULAR_DEG * Math.PI) / 180 },
    outPath: path.join(dir, `${variant++ % 2}.glb`),
  });
}

/** A file of 30 MB with some six hundred distinct parts. */
async function large(dir: string, print: (line: string) => void): Promise<void> {
  const housing = await readFile(path.join(FIXTURES, 'housing-p205.step'));
  const copies = Math.ceil(LARGE_BYTES / housing.length);
  const stepPath = path.join(dir, 'large.step');
  const bytes = replicated(housing, copies);
  await writeFile(stepPath, bytes);
  const readers = new CadReaders({ maxChildren: 1 });
  try {
    let rssBytes = 0;
    let reports = 0;
    let longestSilence = 0;
    let lastAt = performance.now();
    const watch = setInterval(async () => {
      for (const pid of readers.pids) rssBytes = Math.max(rssBytes, await residentBytes(pid));
    }, 100);
    const startedAt = performance.now();
    const { facts } = await readers
      .run(
        {
          op: 'glb',
          stepPath,
          sha256: 'large',
          tessellation: { linear: { mm: 0.5 }, angularRad: 0.5 },
          outPath: path.join(dir, 'large.glb'),
        },
        {
          onProgress: () => {
            reports++;
            longestSilence = Math.max(longestSilence, performance.now() - lastAt);
            lastAt = performance.now();
          },
        },
      )
      .finally(() => clearInterval(watch));
    const seconds = (performance.now() - startedAt) / 1000;
    print(
      `Large file, ${(bytes.length / MiB).toFixed(0)} MB, ${facts.partCount} distinct parts: ${seconds.toFixed(1)} s, at most ${(rssBytes / MiB).toFixed(0)} MB resident, ${reports} progress reports, the longest silence ${(longestSilence / 1000).toFixed(1)} s`,
    );
  } finally {
    await readers.close();
  }
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s*(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}

/** Debian's OpenCascade, driven by its test harness; the time is taken inside, without its start. */
class Native {
  private constructor(
    private readonly program: string,
    private readonly dir: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  static async find(dir: string): Promise<Native | undefined> {
    const program = onPath('occt-draw') ?? onPath('DRAWEXE');
    if (!program) return undefined;
    // Debian installs the libraries under their version only; the harness looks for plug-ins by the bare name.
    const libraries = path.join(dir, 'lib');
    await mkdir(libraries);
    for (const system of ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib']) {
      for (const file of await readdir(system).catch(() => [])) {
        const bare = /^(libTK\w+\.so)\.\d+$/.exec(file)?.[1];
        if (bare) await symlink(path.join(system, file), path.join(libraries, bare)).catch(() => {});
      }
    }
    return new Native(program, dir, { ...process.env, LD_LIBRARY_PATH: libraries });
  }

  /** Milliseconds to read a file with names and colours and to mesh it, in a process that has read it before. */
  async readAndMesh(stepPath: string): Promise<number> {
    const script = path.join(this.dir, 'native.tcl');
    const turn = (name: string) => `set t [clock microseconds]
ReadStep ${name} ${stepPath}
XGetOneShape shape_${name} ${name}
incmesh shape_${name} ${LINEAR_MM} -a ${ANGULAR_DEG}
puts "TOOK_US [expr [clock microseconds]-$t]"
`;
    await writeFile(script, `pload MODELING XDE\n${turn('first')}${turn('second')}exit\n`);
    const { stdout } = await promisify(execFile)(this.program, ['-b', '-f', script], {
      env: this.env,
      maxBuffer: 64 * MiB,
    });
    const took = [...stdout.matchAll(/TOOK_US (\d+)/g)].map(([, us]) => Number(us) / 1000);
    if (took.length !== 2) throw new Error(`Native OpenCascade did not finish: ${stdout.slice(-500)}`);
    return took[1]!;
  }
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const ms = (values: number[]) => `${median(values).toFixed(0)} ms`.padStart(7);

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await cadBench(console.log, process.argv[2]);
