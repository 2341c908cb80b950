import { builder } from './builder.js';

type Direction = 'asc' | 'desc';

const DirectionEnum = builder.enumType('SortDirection', {
  description: 'Which end a list begins at. Values that are not there count as the largest.',
  values: {
    asc: { value: 'asc', description: 'Smallest, earliest, A first.' },
    desc: { value: 'desc', description: 'Largest, latest, Z first.' },
  } as const,
});

/** How the lists of a type can be sorted. Rows of equal value come in the order of their ids, so that every cursor has one place.
 * @param columns - descriptions by column of the model; lists that can grow need an index on each, with the id.
 * @param standard - what applies where nothing is asked for. */
export function sorting<Column extends string>(
  type: string,
  columns: Record<Column, string>,
  standard: { by: NoInfer<Column>; direction: Direction },
) {
  const FieldEnum = builder.enumType(`${type}SortField`, {
    description: `What ${type} lists can be sorted by.`,
    values: Object.fromEntries(
      Object.entries<string>(columns).map(([value, description]) => [value, { value, description }]),
    ) as { [C in Column]: { value: C; description: string } },
  });
  const input = builder.inputType(`${type}Sort`, {
    description: `How a list of type ${type} is sorted.`,
    fields: (t) => ({
      by: t.field({ type: FieldEnum, required: true, description: 'By what.' }),
      direction: t.field({
        type: DirectionEnum,
        required: true,
        defaultValue: 'asc',
        description: 'Which end it begins at.',
      }),
    }),
  });
  return {
    /** Options of the argument `orderBy`. */
    arg: { type: input, description: `How it is sorted; when left out, by ${standard.by}, ${standard.direction}.` },
    /** `orderBy` of the read. */
    orderBy(given: { by: unknown; direction: Direction } | null | undefined) {
      const by = (given?.by as Column | undefined) ?? standard.by;
      const direction = given?.direction ?? standard.direction;
      return [{ [by]: direction } as Record<Column, Direction>, { id: direction }] satisfies object[];
    },
  };
}
