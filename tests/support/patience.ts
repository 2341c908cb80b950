// Limits that only end a hang: nothing waits for a time, everything for what it is about to look at.

/** For an answer, a change on a page, a row in the database. */
export const PATIENCE_MS = 90_000;

/** For what renders, installs or starts programs, on a machine that does other things as well. */
export const RUN_MS = 240_000;

/** For a whole test, and for what is prepared for it. */
export const TEST_MS = 300_000;
