import { parseArgs } from 'node:util';
import { CAPABILITIES, type Capability } from '../modules/define.js';
import { DomainError } from '../modules/errors.js';

const MAX_SLOTS = 1_000;

/** What the command line says of a worker. */
export interface WorkerArguments {
  /** What it takes; all where nothing is said. */
  capabilities: readonly Capability[];
  /** Nodes at once, by capability; what is left out keeps its default. */
  concurrency: Partial<Record<Capability, number>>;
}

/** Reads `--capabilities cad,blender --concurrency blender=2,cad=4`.
 * @throws {DomainError} `ARGUMENT_INVALID` */
export function readWorkerArguments(args: string[]): WorkerArguments {
  const { capabilities: names, concurrency: counts } = valuesOf(args);
  const capabilities = names === undefined ? CAPABILITIES : [...new Set(names.split(',').map(capabilityNamed))];
  const concurrency = counts === undefined ? {} : Object.fromEntries(counts.split(',').map(slotsOf));
  const idle = Object.keys(concurrency).find((name) => !capabilities.includes(name as Capability));
  if (idle)
    throw new DomainError(
      'ARGUMENT_INVALID',
      `This worker takes ${capabilities.join(', ')} alone: --concurrency must not name ${idle}.`,
    );
  return { capabilities, concurrency };
}

function valuesOf(args: string[]) {
  const options = { capabilities: { type: 'string' }, concurrency: { type: 'string' } } as const;
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new DomainError('ARGUMENT_INVALID', (error as Error).message);
  }
}

function capabilityNamed(name: string): Capability {
  const found = CAPABILITIES.find((capability) => capability === name.trim());
  if (found) return found;
  throw new DomainError(
    'ARGUMENT_INVALID',
    `There is no capability "${name.trim()}". Choose from ${CAPABILITIES.join(', ')}.`,
  );
}

function slotsOf(pair: string): [Capability, number] {
  const [name = '', count] = pair.split('=');
  const number = Number(count);
  if (!Number.isInteger(number) || number < 1 || number > MAX_SLOTS)
    throw new DomainError(
      'ARGUMENT_INVALID',
      `"${pair}" is not a number of slots; write for example cpu=20, from 1 to ${MAX_SLOTS}.`,
    );
  return [capabilityNamed(name), number];
}
