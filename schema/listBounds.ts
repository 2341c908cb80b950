/** Most rows of lists that come whole, where each has so few that pages would only be in the way. */
export const MOST = {
  /** What forms choose from. */
  choices: 1_000,
  /** Nodes of a run, parts of shared-out nodes with them. */
  nodeRuns: 5_000,
  /** Files of one run, one asset, or one order line. */
  files: 1_000,
  workers: 100,
  tokens: 200,
} as const;

/** As descriptions say it. */
export const atMost = (list: keyof typeof MOST): string => `at most ${MOST[list].toLocaleString('en')}`;
