import type { JsonObject } from '../modules/json.js';
import type { LegacyOverrides } from './legacyContext.js';

const defined = (values: Record<string, unknown>): JsonObject =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as JsonObject;

/** Says in old render settings what invocation overrides say, in the plainest of the old words. Adapting the result gives the same
 * overrides again, for everything that `adaptLegacySettings` can yield. */
export function legacySettingsOf(overrides: LegacyOverrides): JsonObject {
  const { resolution, animation, camera, materials } = overrides;
  return defined({
    width: resolution?.width,
    height: resolution?.height,
    samples: overrides.samples,
    engine: overrides.engine,
    transparent: overrides.transparent,
    bg_color: overrides.backgroundColor,
    shadow_catcher: overrides.shadow,
    format: overrides.format,
    jpeg_quality: overrides.imageQuality,
    frames: animation?.frames,
    fps: animation?.fps,
    turntable_degrees: animation?.degrees,
    axis: animation?.axis,
    rotation_direction: animation?.direction,
    start_angle: animation?.startDeg,
    material_override: materials && ('all' in materials ? materials.all : materials.byPart),
    denoise: overrides.denoise,
    camera: camera?.name,
    azimuth: camera?.azimuthDeg,
    elevation: camera?.elevationDeg,
    focal_length: camera?.lensMm,
    template: overrides.template,
  });
}
