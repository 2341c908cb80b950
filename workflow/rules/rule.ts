import type { ArtifactRole } from '../../modules/artifacts.js';
import type { Finding } from '../finding.js';
import type { GraphIndex } from '../graphIndex.js';
import type { NodeDefinition } from '../nodeDefinition.js';

export interface ValidateOptions {
  /** Roles that linked output types deliver; a role nobody produces is an error. Default: none. */
  requiredRoles?: readonly ArtifactRole[];
  /** Definitions that fixes may add nodes of. Default: none, and no fix adds a node. */
  palette?: readonly NodeDefinition[];
}

/** One thing a graph must be. Pure, total on any well-formed graph, linear in its size. */
export type Rule = (index: GraphIndex, options: ValidateOptions) => Iterable<Finding>;
