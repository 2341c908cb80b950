import { ARTIFACT_ROLES, type ArtifactRole } from '../../modules/artifacts.js';
import { familyDefinition } from '../families.js';
import type { GraphIndex } from '../graphIndex.js';
import type { Rule } from './rule.js';

/** Every role that some node of the graph produces. */
function producedRoles(index: Pick<GraphIndex, 'definitions'>): Set<ArtifactRole> {
  return new Set(index.definitions.flatMap((definition) => definition?.module.artifactRolesProduced ?? []));
}

/** `OUTPUT_ROLE_MISSING`: what linked output types sell is made. */
export const soldRolesAreProduced: Rule = function* (index, { requiredRoles = [] }) {
  const produced = producedRoles(index);
  for (const role of new Set(requiredRoles)) {
    if (produced.has(role)) continue;
    yield {
      code: 'OUTPUT_ROLE_MISSING',
      severity: 'error',
      message:
        `An output type of this workflow delivers “${role}”, but no node makes one. ${ARTIFACT_ROLES[role] ?? ''}`.trim(),
    };
  }
};

/** `FAMILY_OUTPUT_MISSING`, a warning: what workflows of the family are for. */
export const familyRolesAreProduced: Rule = function* (index) {
  const family = familyDefinition(index.graph.family);
  const produced = producedRoles(index);
  for (const role of family.expectedRoles) {
    if (produced.has(role)) continue;
    yield {
      code: 'FAMILY_OUTPUT_MISSING',
      severity: 'warning',
      message: `“${family.label}” workflows usually make “${role}”, and no node here does. ${ARTIFACT_ROLES[role]}`,
    };
  }
};
