import type { ArtifactRole } from '../../modules/artifacts.js';
import type { JsonObject } from '../../modules/json.js';
import type { ArtifactContract } from '../../modules/shapes/artifactContract.js';
import type { ProfileIssue } from '../callerParams.js';
import { contractIssues } from '../deliverables.js';
import { type Finding, pointer } from '../finding.js';
import { isLegacyKind, legacyDeliverables, legacyParams } from './invocation.js';
import { pathOfWord } from './preview.js';
import { adaptLegacySettings } from './settings.js';

interface LegacyProfile {
  artifactKind: string;
  legacySettings: JsonObject;
  overrides: JsonObject;
  contract: ArtifactContract;
}

/** What makes it, as sentences call it. */
const PIPELINE = 'The legacy pipeline';

/** Why the linear pipeline cannot make an output type that has no workflow. Paths are into the profile. */
export function legacyProfileIssues({
  artifactKind,
  legacySettings,
  overrides,
  contract,
}: LegacyProfile): ProfileIssue[] {
  if (!isLegacyKind(artifactKind)) return contractIssues(legacyDeliverables(), artifactKind, contract, PIPELINE);
  const request = { artifactKind, settings: legacySettings, overrides, options: {} };
  const refused = legacyParams(request).findings.filter(({ severity }) => severity === 'error');
  if (refused.length > 0)
    return refused.map(({ path = '', message }) => {
      const [, layer, name, ...within] = path.split('/');
      const isOld = layer !== 'overrides';
      return {
        path: isOld ? oldPath(artifactKind, legacySettings, name) : ['/overrides', name, ...within].join('/'),
        message,
      };
    });
  return contractIssues(legacyDeliverables(request), artifactKind, contract, PIPELINE);
}

/** The same for findings about invocation overrides some of which the old settings say. */
export function profilePath(
  { path = '' }: Pick<Finding, 'path'>,
  { artifactKind, legacySettings, overrides }: Omit<LegacyProfile, 'contract'>,
): string {
  const name = path.split('/')[2];
  const isOwn = name === undefined || Object.keys(overrides).some((key) => pointer(key) === `/${name}`);
  return isOwn ? path : oldPath(artifactKind, legacySettings, name);
}

const oldPath = (artifactKind: string, settings: JsonObject, name: string | undefined) =>
  `/legacySettings${pathOfWord(adaptLegacySettings(settings, { artifactKind: artifactKind as ArtifactRole }), name)}`;
