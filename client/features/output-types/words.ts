import type { Rollout, Visibility } from '../../gql/graphql.js';

interface Word {
  label: string;
  help: string;
}

export const ROLLOUT: Record<Rollout, Word> = {
  legacy: { label: 'Legacy', help: 'Orders run through the legacy pipeline.' },
  shadow: { label: 'Shadow', help: 'Legacy delivers; the workflow runs beside it for comparison.' },
  graph: { label: 'Graph', help: 'Orders run through the workflow.' },
};

export const VISIBILITY: Record<Visibility, Word> = {
  public: { label: 'Public', help: 'Everybody may order it.' },
  internal: { label: 'Internal', help: 'Only the studio may order it.' },
  hidden: { label: 'Hidden', help: 'Nobody may order it.' },
};
