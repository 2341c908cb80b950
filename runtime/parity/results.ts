import { z } from 'zod';

/** `warning`: worth knowing, and no reason not to pass. */
export const FIGURE_VERDICTS = ['passed', 'differs', 'warning'] as const;
export const COMPARISON_VERDICTS = ['passed', 'differs', 'incomparable'] as const;
export const COMPARISON_KINDS = ['picture', 'film', 'blend', 'model', 'data', 'duration', 'missing'] as const;

const value = z.union([z.number(), z.string(), z.null()]);

/** One thing that was measured on both sides. */
export const Figure = z.object({
  /** Stable, for machines: `differentShare`. */
  key: z.string(),
  label: z.string(),
  /** `px`, `mm`, `ms`, `share`, …; null: a plain number or text. */
  unit: z.string().nullable(),
  legacy: value,
  graph: value,
  /** How far apart they are, where that is a number. */
  difference: z.number().nullable(),
  /** The most that `difference` may be (the least where `isLeast`); null: they must be equal, or it is only told. */
  limit: z.number().nullable(),
  isLeast: z.boolean(),
  verdict: z.enum(FIGURE_VERDICTS),
});
export type Figure = z.output<typeof Figure>;

/** Pictures to look at side by side: the files themselves, or frames of a film. */
export const Sample = z.object({
  label: z.string(),
  legacyArtifactId: z.string(),
  graphArtifactId: z.string(),
  /** Where they differ; null: nowhere. */
  differenceArtifactId: z.string().nullable(),
});
export type Sample = z.output<typeof Sample>;

/** A file of one role of both runs, compared; or the runs' durations. */
export const Comparison = z.object({
  /** The artifact role, or `durations`. */
  role: z.string(),
  /** Place among the files of its role, from 1. */
  position: z.number().int().positive(),
  kind: z.enum(COMPARISON_KINDS),
  verdict: z.enum(COMPARISON_VERDICTS),
  /** The bytes are the same. */
  isIdentical: z.boolean(),
  /** Null: that side has no such file, or it is no file. */
  legacyArtifactId: z.string().nullable(),
  graphArtifactId: z.string().nullable(),
  figures: z.array(Figure),
  samples: z.array(Sample),
  /** Sentences for people: what differs. */
  reasons: z.array(z.string()),
});
export type Comparison = z.output<typeof Comparison>;

/** Content of `ParityReport.results`. */
export const ParityResults = z.array(Comparison);
export type ParityResults = z.output<typeof ParityResults>;

/** What a comparator finds out about two files. */
export type Findings = Pick<Comparison, 'figures' | 'samples' | 'reasons'>;
