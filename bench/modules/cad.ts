import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CadReaders } from '../../modules/cad/occt.js';
import { ModuleError } from '../../modules/errors.js';
import { median } from '../measure.js';
import type { Comparison } from './comparison.js';
import { Native } from './native.js';

const at = (directory: string) => fileURLToPath(new URL(`../../${directory}`, import.meta.url));
const FIXTURES = at('tests/fixtures/step');
const SHIPPED = at('node_modules/occt-import-js/test/testfiles');
const NAMES = ['bearing-6205', 'pillow-block-ucp205', 'conveyor-48', 'flanged-shaft-inch', 'housing-p205'];
const LINEAR_MM = 0.05;
const ANGULAR_DEG = 20;
/** Enough for V8 to have compiled all of OpenCascade that a file needs. */
const WARMUPS = 5;
const ROUNDS = 5;
const WHY = `  Above 2× is OpenCascade itself: nineteen twentieths of the time are spent inside its WebAssembly, which takes about twice what native
  code does, and a file of one part has nothing to do side by side.`;

/** STEP → GLB in a warm child beside native OpenCascade, which reads and meshes the same file to the same deflection, turn by turn. */
export async function cadBench(print: (line: string) => void): Promise<Comparison[]> {
  const dir = await mkdtemp(path.join(tmpdir(), 'hartomat-bench-cad-'));
  const readers = new CadReaders({ maxChildren: 1, recycleJobs: Number.POSITIVE_INFINITY });
  const measuring = new Measuring(readers, await Native.find(dir), dir, print);
  try {
    print(`STEP → GLB, chord error ${LINEAR_MM} mm, facets ${ANGULAR_DEG}°, median of ${ROUNDS} in a warm process`);
    if (!measuring.native)
      print('  SKIPPED native OpenCascade: occt-draw is not installed (Debian: apt-get install occt-draw).');
    print(`  first file of a new child: ${(await measuring.ours(fixture(NAMES[0]!), -1)).toFixed(0)} ms (${NAMES[0]})`);
    const fixtures: Comparison[] = [];
    for (const name of NAMES) fixtures.push(...(await measuring.compare(name, fixture(name), WARMUPS, ROUNDS)));
    if (fixtures.some(({ ours, theirs }) => ours > 2 * theirs)) print(WHY);
    print('Files that ship with occt-import-js, each once, warm');
    const shipped: Comparison[] = [];
    const files = (await readdir(SHIPPED, { recursive: true })).filter((name) => /\.(?:stp|step)$/i.test(name)).sort();
    for (const file of files) {
      const compared = measuring.compare(path.basename(file), path.join(SHIPPED, file), 1, 1);
      shipped.push(
        ...(await compared.catch((error) => {
          if (!(error instanceof ModuleError)) throw error;
          print(`  ${path.basename(file).padEnd(24)} ${error.code}: ${error.message.slice(0, 60)} …`);
          return [];
        })),
      );
    }
    if (shipped.length > 0) {
      const sum = (of: (one: Comparison) => number) => shipped.reduce((total, one) => total + of(one), 0);
      const [ours, theirs] = [sum((one) => one.ours), sum((one) => one.theirs)];
      fixtures.push({
        what: `STEP → GLB, ${shipped.length} shipped files`,
        ours,
        beside: 'native OpenCascade',
        theirs,
      });
    }
    return fixtures;
  } finally {
    await readers.close();
    await rm(dir, { recursive: true, force: true });
  }
}

const fixture = (name: string) => path.join(FIXTURES, `${name}.step`);

class Measuring {
  private count = 0;

  constructor(
    private readonly readers: CadReaders,
    readonly native: Native | undefined,
    private readonly dir: string,
    private readonly print: (line: string) => void,
  ) {}

  /** Ours and native by turns, so that both see the same machine. */
  async compare(name: string, stepPath: string, warmups: number, rounds: number): Promise<Comparison[]> {
    const ours: number[] = [];
    const again: number[] = [];
    const theirs: number[] = [];
    for (let round = -warmups; round < rounds; round++) {
      const took = await this.ours(stepPath, round);
      if (round < 0) continue;
      ours.push(took);
      again.push(await this.ours(stepPath, round));
      if (this.native) theirs.push(await this.native.readAndMesh(stepPath, LINEAR_MM, ANGULAR_DEG));
    }
    const ms = (values: number[]) => `${median(values).toFixed(0)} ms`.padStart(7);
    const beside = this.native ? ` · native ${ms(theirs)} · ${(median(ours) / median(theirs)).toFixed(2)}×` : '';
    this.print(`  ${name.padEnd(24)} ${ms(ours)} · again, from memory ${ms(again)}${beside}`);
    if (!this.native) return [];
    const what = `STEP → GLB, ${name}`;
    return [{ what, ours: median(ours), beside: 'native OpenCascade', theirs: median(theirs) }];
  }

  /** Milliseconds for one file. A chord error that differs in the ninth digit keeps rounds from being answered from memory. */
  async ours(stepPath: string, round: number): Promise<number> {
    const startedAt = performance.now();
    await this.readers.run({
      op: 'glb',
      stepPath,
      sha256: stepPath,
      tessellation: { linear: { mm: LINEAR_MM + round * 1e-9 }, angularRad: (ANGULAR_DEG * Math.PI) / 180 },
      outPath: path.join(this.dir, `${this.count++ % 2}.glb`),
    });
    return performance.now() - startedAt;
  }
}
