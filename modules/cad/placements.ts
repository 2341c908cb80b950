import type { LengthUnit, UnitReader } from './lengthUnits.js';
import type { Part21File } from './part21.js';
import { argsOf, numbersOf, refOf, refsOf } from './part21Values.js';
import { frame, IDENTITY, invert, multiply, type Transform, type Vec3 } from './transforms.js';

/** Reads what places things: axis placements and the transforms between them. */
export class PlacementReader {
  constructor(
    private readonly file: Part21File,
    private readonly units: UnitReader,
  ) {}

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
    if (type !== 'ITEM_DEFINED_TRANSFORMATION') return this.operator(operatorId, this.units.ofRepresentation(rep2));
    const args = argsOf(this.file, operatorId);
    let [origin, target] = [refOf(args?.[2]), refOf(args?.[3])];
    const items1 = this.itemsOf(rep1);
    const items2 = this.itemsOf(rep2);
    if (!(items1.has(origin) && items2.has(target)) && items1.has(target) && items2.has(origin)) {
      [origin, target] = [target, origin];
    }
    const from = this.placement(origin, this.units.ofRepresentation(rep1));
    const to = this.placement(target, this.units.ofRepresentation(rep2));
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
    const from = this.placement(originId, this.units.ofRepresentation(mappedRep));
    const unit = this.units.ofRepresentation(intoRep);
    const to = this.placement(targetId, unit) ?? this.operator(targetId, unit);
    return from && to ? multiply(to, invert(from)) : IDENTITY;
  }
}
