import type { Part21File } from './part21.js';
import { argsOf, enumOf, partsOf, refOf, refsOf, type Typed, textOf } from './part21Values.js';

const SI_PREFIX_MM: Record<string, number> = {
  EXA: 1e21,
  PETA: 1e18,
  TERA: 1e15,
  GIGA: 1e12,
  MEGA: 1e9,
  KILO: 1e6,
  HECTO: 1e5,
  DECA: 1e4,
  '': 1e3,
  DECI: 100,
  CENTI: 10,
  MILLI: 1,
  MICRO: 1e-3,
  NANO: 1e-6,
  PICO: 1e-9,
  FEMTO: 1e-12,
  ATTO: 1e-15,
};

export interface LengthUnit {
  /** `millimetre`, `metre`, `inch`, … in lower case. */
  name: string;
  mm: number;
}
const MILLIMETRE: LengthUnit = { name: 'millimetre', mm: 1 };

/** Length unit of a record with a LENGTH_UNIT part, or undefined. A conversion-based unit is resolved through its factor. */
function lengthUnit(file: Part21File, id: number, depth = 0): LengthUnit | undefined {
  const parts = partsOf(file, id);
  const part = (type: string): Typed | undefined => parts.find((candidate) => candidate.type === type);
  const si = part('SI_UNIT');
  if (si && enumOf(si.args.at(-1)) === 'METRE') {
    const prefix = enumOf(si.args.at(-2));
    return { name: `${prefix.toLowerCase()}metre`, mm: SI_PREFIX_MM[prefix] ?? 1000 };
  }
  const converted = part('CONVERSION_BASED_UNIT');
  if (!converted || !part('LENGTH_UNIT') || depth > 4) return undefined;
  const measure = partsOf(file, refOf(converted.args[1]));
  const withUnit =
    measure.find((candidate) => candidate.type === 'MEASURE_WITH_UNIT') ?? measure.find((m) => m.args.length === 2);
  const value = withUnit?.args[0];
  const factor =
    typeof value === 'number'
      ? value
      : typeof value === 'object' && value !== null && 'type' in value
        ? value.args[0]
        : undefined;
  const base = lengthUnit(file, refOf(withUnit?.args[1]), depth + 1);
  if (typeof factor !== 'number' || !base || factor <= 0) return undefined;
  const name = textOf(converted.args[0]).toLowerCase();
  return { name: name === 'inches' || name === 'in' ? 'inch' : name || 'inch', mm: factor * base.mm };
}

/** Reads the length units of representation contexts; one file can have several. Remembers them per context. */
export class UnitReader {
  private readonly known = new Map<number, LengthUnit[]>();

  constructor(private readonly file: Part21File) {}

  /** All length units a context assigns; one, where the file is as it should be. */
  ofContext(contextId: number): LengthUnit[] {
    let units = this.known.get(contextId);
    if (!units) {
      const assigned = argsOf(this.file, contextId, 'GLOBAL_UNIT_ASSIGNED_CONTEXT');
      units = refsOf(assigned?.[0]).flatMap((id) => lengthUnit(this.file, id) ?? []);
      this.known.set(contextId, units);
    }
    return units;
  }

  contextOf(representationId: number): number {
    return refOf(argsOf(this.file, representationId)?.[2]);
  }

  /** The unit OpenCascade takes: of several the last, millimetre where there is none. */
  ofRepresentation(representationId: number): LengthUnit {
    return this.ofContext(this.contextOf(representationId)).at(-1) ?? MILLIMETRE;
  }

  /** The unit most of the representations are written in; `unknown` where the file gives none. */
  mostUsed(representations: Iterable<number>): string {
    const votes = new Map<string, number>();
    const vote = (contextId: number) => {
      const name = this.ofContext(contextId).at(-1)?.name;
      if (name) votes.set(name, (votes.get(name) ?? 0) + 1);
    };
    for (const id of representations) vote(this.contextOf(id));
    if (votes.size === 0) for (const id of this.file.idsOf('GLOBAL_UNIT_ASSIGNED_CONTEXT')) vote(id);
    return [...votes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'unknown';
  }
}

/** One sentence on products whose size is a guess: their context assigns no length unit that can be read, or several. */
export function unitWarnings(
  units: UnitReader,
  products: Iterable<{ name: string; representations: readonly number[] }>,
): string[] {
  const without = new Set<string>();
  const several = new Map<string, Set<string>>();
  for (const { name, representations } of products) {
    for (const representation of representations) {
      const found = units.ofContext(units.contextOf(representation));
      if (found.length === 0) without.add(name);
      else if (found.some(({ mm }) => mm !== found[0]!.mm)) {
        const text = found.map((unit) => unit.name).join(', ');
        several.set(text, (several.get(text) ?? new Set()).add(name));
      }
    }
  }
  const warnings = [...several].map(
    ([text, names]) =>
      `The file gives several units of length (${text}) at once for ${listed(names)}; the last of them is used, so sizes and positions may be wrong.`,
  );
  if (without.size > 0)
    warnings.push(
      `The file gives no unit of length for ${listed(without)}; millimetres are assumed, so sizes and positions may be wrong.`,
    );
  return warnings;
}

const MAX_LISTED = 5;

function listed(names: ReadonlySet<string>): string {
  const shown = [...names].slice(0, MAX_LISTED).map((name) => `"${name}"`);
  return `${shown.join(', ')}${names.size > MAX_LISTED ? ` and ${names.size - MAX_LISTED} more` : ''}`;
}
