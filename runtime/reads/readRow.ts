/** Makes a value as Prisma gives it of what JSON carried. */
export type Decode = (value: any) => unknown;

/** One member of a row, at its place in the row's array. */
export interface RowPart {
  name: string;
  decode: Decode | null;
  /** A moment, as Postgres puts it into JSON. */
  isMoment?: boolean;
}

/** What the rows of one list in one statement have, and where. Rows that share it were read together. */
export class RowShape {
  private readonly places = new Map<string, number>();

  constructor(readonly parts: readonly RowPart[]) {
    for (const [place, { name }] of parts.entries()) this.places.set(name, place);
  }

  placeOf(name: string): number | undefined {
    return this.places.get(name);
  }
}

/** A row as it was read: its members are made of the JSON when somebody asks for them, for most are only written down again.
 * They are accessors of its class, so copies by `{ ...row }` lack them. */
export class ReadRow {
  // Declared and set by hand: initializers of fields cost more than the rest of a row.
  declare readonly shape: RowShape;
  declare readonly values: readonly unknown[];
  declare private made: unknown[] | null;

  constructor(shape: RowShape, values: readonly unknown[]) {
    this.shape = shape;
    this.values = values;
    this.made = null;
  }

  /** The member as Prisma gives it, the same object each time; undefined: it was not asked for. */
  member(name: string): unknown {
    const place = this.shape.placeOf(name);
    if (place === undefined) return undefined;
    const value = this.values[place];
    const { decode } = this.shape.parts[place]!;
    if (decode === null || value === null) return value;
    this.made ??= [];
    this.made[place] ??= decode(value);
    return this.made[place];
  }

  toJSON(): Record<string, unknown> {
    return Object.fromEntries(this.shape.parts.map(({ name }) => [name, this.member(name)]));
  }
}

export type RowClass = new (shape: RowShape, values: readonly unknown[]) => ReadRow;

/** The class of a model's rows. @param members - all that a row may have */
export function rowClass(members: Iterable<string>): RowClass {
  const Class = class extends ReadRow {};
  for (const name of members)
    Object.defineProperty(Class.prototype, name, {
      get(this: ReadRow) {
        return this.member(name);
      },
    });
  return Class;
}
