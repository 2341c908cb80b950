/** A 3×4 affine transform, row by row: `[xx, xy, xz, tx, yx, yy, yz, ty, zx, zy, zz, tz]`. Lengths in millimetres, CAD axes. */
export type Transform = readonly number[];
export type Vec3 = [number, number, number];

export const IDENTITY: Transform = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];

/** First `b`, then `a`. */
export function multiply(a: Transform, b: Transform): Transform {
  const out: number[] = [];
  for (let row = 0; row < 3; row++) {
    const [x, y, z, t] = [a[row * 4]!, a[row * 4 + 1]!, a[row * 4 + 2]!, a[row * 4 + 3]!];
    for (let column = 0; column < 4; column++) {
      out.push(x * b[column]! + y * b[4 + column]! + z * b[8 + column]! + (column === 3 ? t : 0));
    }
  }
  return out;
}

/** Inverse of a transform without shear (rotation, mirror, uniform scale, translation). */
export function invert(t: Transform): Transform {
  const square = t[0]! ** 2 + t[4]! ** 2 + t[8]! ** 2;
  const r = [0, 4, 8, 1, 5, 9, 2, 6, 10].map((index) => t[index]! / square);
  const [tx, ty, tz] = [t[3]!, t[7]!, t[11]!];
  return [0, 1, 2].flatMap((row) => {
    const [x, y, z] = [r[row * 3]!, r[row * 3 + 1]!, r[row * 3 + 2]!];
    return [x, y, z, -(x * tx + y * ty + z * tz)];
  });
}

export function apply(t: Transform, [x, y, z]: Vec3): Vec3 {
  return [
    t[0]! * x + t[1]! * y + t[2]! * z + t[3]!,
    t[4]! * x + t[5]! * y + t[6]! * z + t[7]!,
    t[8]! * x + t[9]! * y + t[10]! * z + t[11]!,
  ];
}

export function translation([x, y, z]: Vec3): Transform {
  return [1, 0, 0, x, 0, 1, 0, y, 0, 0, 1, z];
}

export function determinant(t: Transform): number {
  return (
    t[0]! * (t[5]! * t[10]! - t[6]! * t[9]!) -
    t[1]! * (t[4]! * t[10]! - t[6]! * t[8]!) +
    t[2]! * (t[4]! * t[9]! - t[5]! * t[8]!)
  );
}

const cross = (a: Vec3, b: Vec3): Vec3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const dot = (a: Vec3, b: Vec3) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const normalize = (a: Vec3): Vec3 | undefined => {
  const length = Math.hypot(...a);
  return length > 1e-12 ? [a[0] / length, a[1] / length, a[2] / length] : undefined;
};

/** The frame of an AXIS2_PLACEMENT_3D: `axis` is its Z, `refDirection` the wished X, made square to it. */
export function frame(origin: Vec3, axis: Vec3 | undefined, refDirection: Vec3 | undefined): Transform {
  const z = (axis && normalize(axis)) ?? [0, 0, 1];
  const square = (wish: Vec3) => {
    const along = dot(wish, z);
    return normalize([wish[0] - along * z[0], wish[1] - along * z[1], wish[2] - along * z[2]]);
  };
  const x = (refDirection && square(refDirection)) ?? square([1, 0, 0]) ?? square([0, 1, 0])!;
  const y = cross(z, x);
  return [x[0], y[0], z[0], origin[0], x[1], y[1], z[1], origin[1], x[2], y[2], z[2], origin[2]];
}

/** Whether the transform only moves and turns: no scale, no mirror. */
export function isRigid(t: Transform): boolean {
  const columns: Vec3[] = [0, 1, 2].map((column) => [t[column]!, t[4 + column]!, t[8 + column]!]);
  const isUnit = columns.every((column) => Math.abs(dot(column, column) - 1) < 1e-6);
  return isUnit && Math.abs(determinant(t) - 1) < 1e-6;
}
