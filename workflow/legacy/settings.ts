import type { JsonObject } from '../../modules/json.js';
import type { Finding } from '../finding.js';
import { LegacyBag, type LegacyKeyReport } from './bag.js';
import { type LegacyContext, type LegacyOptions, LegacyOverrides } from './context.js';
import { ROWS } from './rows.js';

export { type LegacyKeyReport, type LegacyOptions, LegacyOverrides };

export interface LegacyAdaptation {
  overrides: LegacyOverrides;
  /** The old settings ask for a renderer that is not Blender; such output types stay on the legacy path. */
  staysOnLegacy: boolean;
  /** One entry for each key of the bag, in its order. */
  report: LegacyKeyReport[];
  /** Everything that was not mapped, word for word: the compatibility record. */
  kept: JsonObject;
  /** Errors for values nobody can use, warnings for unknown keys. Paths point into the bag. */
  findings: Finding[];
}

/** Says in invocation overrides what a bag of old render settings said.
 * Total: any JSON object is fine, every key is reported once, nothing is lost (`kept`), the order of keys does not matter. */
export function adaptLegacySettings(settings: JsonObject, options: LegacyOptions): LegacyAdaptation {
  const bag = new LegacyBag(settings);
  const context: LegacyContext = { bag, options, overrides: {}, staysOnLegacy: false };
  for (const row of ROWS) row(context);
  const report = bag.close();
  const kept = report.filter(({ status }) => status !== 'mapped').map(({ key }) => [key, settings[key]!] as const);
  return {
    overrides: context.overrides,
    staysOnLegacy: context.staysOnLegacy,
    report,
    kept: Object.fromEntries(kept),
    findings: bag.findings,
  };
}
