import type { Part21File } from './part21.js';
import { argsOf, enumOf, numbersOf, partsOf, refOf, refsOf, type Typed, textOf } from './part21Values.js';
import { frame, IDENTITY, invert, multiply, type Transform, type Vec3 } from './transforms.js';

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

/** Reads what places things: units of representation contexts, axis placements and the transforms between them. Remembers units per context. */
export class PlacementReader {
  private readonly units = new Map<number, LengthUnit | undefined>();

  constructor(private readonly file: Part21File) {}

  /** The length unit a representation context assigns. */
  unitOfContext(contextId: number): LengthUnit | undefined {
    if (!this.units.has(contextId)) {
      const assigned = argsOf(this.file, contextId, 'GLOBAL_UNIT_ASSIGNED_CONTEXT');
      const found = refsOf(assigned?.[0])
        .map((id) => lengthUnit(this.file, id))
        .find((unit) => unit !== undefined);
      this.units.set(contextId, found);
    }
    return this.units.get(contextId);
  }

  unitOfRepresentation(representationId: number): LengthUnit {
    return this.unitOfContext(refOf(argsOf(this.file, representationId)?.[2])) ?? MILLIMETRE;
  }

  private vector(id: number): Vec3 | undefined {
    const numbers = numbersOf(argsOf(this.file, id)?.[1]);
    return numbers.length >= 2 ? [numbers[0]!, numbers[1]!, numbers[2] ?? 0] : undefined;
  }

  /** The frame an AXIS2_PLACEMENT_3D stands for, in millimetres. */
  placement(id: number, unit: LengthUnit): Transform | undefined {
    if (this.file.typeOf(id) !== 'AXIS2_PLACEMENT_3D') return undefined;
    const args = argsOf(this.file, id);
    const origin = this.vector(refOf(args?.[1]));
    if (!args || !origin) return undefined;
    const scaled: Vec3 = [origin[0] * unit.mm, origin[1] * unit.mm, origin[2] * unit.mm];
    return frame(scaled, this.vector(refOf(args[2])), this.vector(refOf(args[3])));
  }

  /** The transform of a CARTESIAN_TRANSFORMATION_OPERATOR_3D: axes, origin and uniform scale, mirrored where its axes are. */
  private operator(id: number, unit: LengthUnit): Transform | undefined {
    const own = argsOf(this.file, id, 'CARTESIAN_TRANSFORMATION_OPERATOR_3D');
    const inherited = argsOf(this.file, id, 'CARTESIAN_TRANSFORMATION_OPERATOR');
    if (!own) return undefined;
    const [axis1, axis2, origin, scale, axis3] = inherited ? [...inherited.slice(-4), own.at(-1)!] : own.slice(-5);
    const at = this.vector(refOf(origin));
    if (!at) return undefined;
    const factor = typeof scale === 'number' ? scale : 1;
    const scaled: Vec3 = [at[0] * unit.mm, at[1] * unit.mm, at[2] * unit.mm];
    const square = frame(scaled, this.vector(refOf(axis3)), this.vector(refOf(axis1)));
    const wished = this.vector(refOf(axis2));
    const flips = wished && wished[0] * square[1]! + wished[1] * square[5]! + wished[2] * square[9]! < 0 ? -1 : 1;
    return square.map((value, index) =>
      index % 4 === 3 ? value : index % 4 === 1 ? value * factor * flips : value * factor,
    );
  }

  /** Where a representation relationship with transformation puts `rep1` inside `rep2`.
   * Axis placements named in the wrong order are put right, as OpenCascade does. */
  between(operatorId: number, rep1: number, rep2: number): Transform | undefined {
    const type = this.file.typeOf(operatorId);
    if (type !== 'ITEM_DEFINED_TRANSFORMATION') return this.operator(operatorId, this.unitOfRepresentation(rep2));
    const args = argsOf(this.file, operatorId);
    let [origin, target] = [refOf(args?.[2]), refOf(args?.[3])];
    const items1 = this.itemsOf(rep1);
    const items2 = this.itemsOf(rep2);
    if (!(items1.has(origin) && items2.has(target)) && items1.has(target) && items2.has(origin)) {
      [origin, target] = [target, origin];
    }
    const from = this.placement(origin, this.unitOfRepresentation(rep1));
    const to = this.placement(target, this.unitOfRepresentation(rep2));
    return from && to ? multiply(to, invert(from)) : undefined;
  }

  private readonly items = new Map<number, ReadonlySet<number>>();
  private itemsOf(representationId: number): ReadonlySet<number> {
    let known = this.items.get(representationId);
    if (!known) {
      known = new Set(refsOf(argsOf(this.file, representationId)?.[1]));
      this.items.set(representationId, known);
    }
    return known;
  }

  /** Where a MAPPED_ITEM puts the representation it maps; identity where its target is no placement. */
  ofMappedItem(originId: number, targetId: number, mappedRep: number, intoRep: number): Transform {
    const from = this.placement(originId, this.unitOfRepresentation(mappedRep));
    const unit = this.unitOfRepresentation(intoRep);
    const to = this.placement(targetId, unit) ?? this.operator(targetId, unit);
    return from && to ? multiply(to, invert(from)) : IDENTITY;
  }
}
