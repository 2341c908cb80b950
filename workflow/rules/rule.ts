import type { ArtifactRole } from '../../modules/artifacts.js';
import type { Finding } from '../finding.js';
import type { GraphIndex } from '../graphIndex.js';

export interface ValidateOptions {
  /** Roles that linked output types deliver; a role nobody produces is an error. Default: none. */
  requiredRoles?: readonly ArtifactRole[];
}

/** One thing a graph must be. Pure, total on any well-formed graph, linear in its size. */
export type Rule = (index: GraphIndex, options: ValidateOptions) => Iterable<Finding>;
