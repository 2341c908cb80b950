import fc from 'fast-check';

/**
 * Property tests draw new cases on every run at a desk, where a find is welcome, and the same cases in continuous
 * integration, where a change must not be refused for something it did not touch. `FC_SEED` repeats a run.
 */
const seed = process.env.FC_SEED ?? (process.env.CI ? '20261125' : undefined);
if (seed !== undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
