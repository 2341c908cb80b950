import { parseArgs } from 'node:util';
import { findBlender } from '../../modules/render/blender.js';
import { findFfmpeg } from '../../modules/render/ffmpeg.js';
import { cadBench } from './cad.js';
import { type Comparison, printSummary } from './comparison.js';
import { largeBench } from './large.js';
import { residentBench } from './resident.js';
import { stillBench } from './still.js';
import { turntableBench } from './turntable.js';

// npm run bench:modules [-- --only still,resident]
// Every figure stands beside that of the bare tool or of the other way, measured in turns in the same run: only the ratios mean something.
const { values } = parseArgs({ options: { only: { type: 'string' } } });

const blender = async () => ((await findBlender()) ? null : 'Blender is not installed');

interface Part {
  bench(print: (line: string) => void): Promise<Comparison[]>;
  /** Why it cannot be measured here, or null. */
  missing(): Promise<string | null>;
}

const PARTS: Record<string, Part> = {
  cad: { bench: cadBench, missing: async () => null },
  large: { bench: largeBench, missing: async () => null },
  still: { bench: stillBench, missing: blender },
  resident: { bench: residentBench, missing: blender },
  turntable: {
    bench: turntableBench,
    missing: async () => (await blender()) ?? ((await findFfmpeg()) ? null : 'ffmpeg is not installed'),
  },
};

const print = (line: string) => console.log(line);
const comparisons: Comparison[] = [];
const wanted = values.only?.split(',') ?? Object.keys(PARTS);
for (const name of wanted) {
  const part = PARTS[name];
  if (!part) throw new Error(`There is no benchmark "${name}". There are: ${Object.keys(PARTS).join(', ')}.`);
  const reason = await part.missing();
  if (reason) print(`${name} is skipped: ${reason}.`);
  else comparisons.push(...(await part.bench(print)));
  print('');
}
printSummary(comparisons, print);
// Warm CAD readers would keep the process alive.
process.exit(0);
