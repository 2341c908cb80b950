import type { JsonObject, JsonValue } from '../../modules/json.js';
import type { LegacyOverrides } from './context.js';

/** The plainest of the old words, each with the place in the invocation overrides that it says. */
export const PLAIN_WORDS = {
  width: ['resolution', 'width'],
  height: ['resolution', 'height'],
  samples: ['samples'],
  engine: ['engine'],
  transparent: ['transparent'],
  bg_color: ['backgroundColor'],
  shadow_catcher: ['shadow'],
  format: ['format'],
  jpeg_quality: ['imageQuality'],
  frames: ['animation', 'frames'],
  fps: ['animation', 'fps'],
  turntable_degrees: ['animation', 'degrees'],
  axis: ['animation', 'axis'],
  rotation_direction: ['animation', 'direction'],
  start_angle: ['animation', 'startDeg'],
  material_override: ['materials'],
  denoise: ['denoise'],
  adaptive: ['sampling', 'adaptive'],
  noise_threshold: ['sampling', 'threshold'],
  camera: ['camera', 'name'],
  view: ['camera', 'view'],
  azimuth: ['camera', 'azimuthDeg'],
  elevation: ['camera', 'elevationDeg'],
  focal_length: ['camera', 'lensMm'],
  template: ['template'],
  hdri: ['environment', 'image'],
  lighting_only: ['environment', 'lightingOnly'],
} as const satisfies Record<string, readonly string[]>;
export type PlainWord = keyof typeof PLAIN_WORDS;

/** Says in old render settings what invocation overrides say, in the plainest of the old words. Adapting the result gives the same
 * overrides again, for everything that `adaptLegacySettings` can yield. */
export function legacySettingsOf(overrides: LegacyOverrides): JsonObject {
  const said = Object.entries(PLAIN_WORDS).flatMap(([word, path]) => {
    const value = path.reduce<unknown>((at, name) => (at as JsonObject | undefined)?.[name], overrides);
    return value === undefined ? [] : [[word, word === 'material_override' ? choiceOf(value) : value] as const];
  });
  return Object.fromEntries(said) as JsonObject;
}

/** One material for all, or one for each part. */
const choiceOf = (value: unknown): JsonValue => {
  const materials = value as NonNullable<LegacyOverrides['materials']>;
  return 'all' in materials ? materials.all : materials.byPart;
};
