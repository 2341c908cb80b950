import type { Family } from '../gql/graphql.js';

/** What people call the two kinds of workflow. */
export const FAMILY_LABEL: Record<Family, string> = { cad_file: 'CAD intake', order_line: 'Order rendering' };

export const FAMILIES = Object.keys(FAMILY_LABEL) as Family[];
