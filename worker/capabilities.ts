import type { Capability } from '../modules/define.js';

/** Capabilities whose nodes are cheap and many: a worker with a free slot goes straight on with them. The others are only
 * started by a queue job, or in the slot that a node of the same capability leaves, so that a busy worker never sits on work an idle one could do. */
export const LIGHT: ReadonlySet<Capability> = new Set(['cpu', 'io']);
