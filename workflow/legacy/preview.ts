import type { ArtifactRole } from '../../modules/artifacts.js';
import type { JsonObject } from '../../modules/json.js';
import { pointer } from '../finding.js';
import { isLegacyKind, legacyParams } from './invocation.js';
import { legacySettingsOf } from './reverse.js';
import { adaptLegacySettings, type LegacyAdaptation, type LegacyOptions } from './settings.js';

export interface LegacyPreview extends LegacyAdaptation {
  /** The overrides in the plainest of the old words. */
  plain: JsonObject;
}

/** What old render settings come to: the adapter's report, and what the modules of the linear pipeline say to it. */
export function previewLegacy(
  settings: JsonObject,
  artifactKind: ArtifactRole,
  options: Omit<LegacyOptions, 'artifactKind'> = {},
): LegacyPreview {
  const adapted = adaptLegacySettings(settings, { ...options, artifactKind });
  const taken = isLegacyKind(artifactKind)
    ? legacyParams({ artifactKind, settings, overrides: {}, options: {} }, options).findings
    : [];
  // Of a module's findings the path names the new word; people look for the old one.
  const findings = taken.map((finding) => ({ ...finding, path: pathOfWord(adapted, finding.path?.split('/')[2]) }));
  return { ...adapted, plain: legacySettingsOf(adapted.overrides), findings: [...adapted.findings, ...findings] };
}

/** Where a bag of old settings says an override, as a JSON pointer into the bag; empty: nowhere in particular. */
export function pathOfWord({ report }: Pick<LegacyAdaptation, 'report'>, override: string | undefined): string {
  const found = report.find(({ target }) => override && target === `overrides.${override}`);
  return found ? pointer(found.key) : '';
}
