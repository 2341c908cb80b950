import { z } from 'zod';

/** Longest text that lists are searched for. */
const MAX_TEXT = 200;

/** For arguments that search: their bound, in the description and in the check. */
export const TEXT_LIMIT = `at most ${MAX_TEXT} characters`;
export const FilterText = z.string().max(MAX_TEXT, `Look for ${TEXT_LIMIT}.`).nullish();

/** Condition on a column that has this text in it, in any case; undefined where no text is given. */
export const containing = (text: string | null | undefined) =>
  // To the database % and _ stand for any text.
  text ? ({ contains: text.replace(/[\\%_]/g, '\\$&'), mode: 'insensitive' } as const) : undefined;
