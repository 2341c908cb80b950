import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../modules/json.js';
import { legacySettingsOf } from './reverse.js';
import { adaptLegacySettings, type LegacyOptions, LegacyOverrides } from './settings.js';

const STILL: LegacyOptions = { artifactKind: 'still_image' };
const TURNTABLE: LegacyOptions = { artifactKind: 'turntable_video' };
const overridesOf = (settings: JsonObject, options = STILL) => adaptLegacySettings(settings, options).overrides;
const codesOf = (settings: JsonObject, options = STILL) =>
  adaptLegacySettings(settings, options).findings.map(({ code, severity, path }) => `${severity} ${code} ${path}`);
const statusOf = (settings: JsonObject, options = STILL) =>
  Object.fromEntries(adaptLegacySettings(settings, options).report.map(({ key, status }) => [key, status]));

describe('adaptLegacySettings maps', () => {
  it.each<[JsonObject, LegacyOverrides]>([
    [{ resolution: 2048 }, { resolution: { width: 2048, height: 2048 } }],
    [{ resolution: '4k' }, { resolution: { width: 4096, height: 4096 } }],
    [{ resolution: '2048x1024' }, { resolution: { width: 2048, height: 1024 } }],
    [{ resolution: ' 1920 × 1080 ' }, { resolution: { width: 1920, height: 1080 } }],
    [{ resolution: [800, '600'] }, { resolution: { width: 800, height: 600 } }],
    [{ width: '800' }, { resolution: { width: 800, height: 800 } }],
    [{ width: 800, height: 600, resolution: '4k' }, { resolution: { width: 800, height: 600 } }],
    [{ width: 800, resolution: '2048x1024' }, { resolution: { width: 800, height: 1024 } }],
    [{ resolution: '2048x1024', resolution_percentage: '50' }, { resolution: { width: 1024, height: 512 } }],
    [{ samples: '128' }, { samples: 128 }],
    [{ quality: 'High' }, { samples: 256 }],
    [{ quality: 'draft', render_samples: 32 }, { samples: 32 }],
    [{ engine: 'CYCLES' }, { engine: 'cycles' }],
    [{ render_engine: 'BLENDER_EEVEE_NEXT' }, { engine: 'eevee' }],
    [{ transparent: 'true' }, { transparent: true }],
    [{ film_transparent: 1, bg_color: '#fff' }, { transparent: true }],
    [
      { transparent: false, bg_color: 'F0F0F0' },
      { transparent: false, backgroundColor: '#f0f0f0' },
    ],
    [
      { transparent_bg: true, bg_color: '#fff', format: 'JPG' },
      { transparent: false, backgroundColor: '#ffffff', format: 'jpeg' },
    ],
    [{ material_override: 'steel' }, { materials: { all: 'steel' } }],
    [{ materials: { Ring: 'steel', Cage: 'brass' } }, { materials: { byPart: { Ring: 'steel', Cage: 'brass' } } }],
    [
      { denoise: 'off', adaptive: 'yes', noise_threshold: '0.05' },
      { denoise: false, sampling: { adaptive: true, threshold: 0.05 } },
    ],
    [{ noise_threshold: 0.01 }, { sampling: { threshold: 0.01 } }],
    [{ adaptive: 'off', noise_threshold: 0.01 }, { sampling: { adaptive: false } }],
    [{ adaptive: 1, noise_threshold: 0 }, { sampling: { adaptive: true } }],
    [{ camera: 'Front' }, { camera: { name: 'Front' } }],
    [{ view: 'Front', elevation: '90' }, { camera: { view: 'front', elevationDeg: 90 } }],
    [{ view: 'Hero', azimuth: 3 }, { camera: { name: 'Hero' } }],
    [{ output_format: 'OPEN_EXR' }, { format: 'exr' }],
    [
      { camera_angle: '30', elevation: 20, focal_length: 85 },
      { camera: { azimuthDeg: 30, elevationDeg: 20, lensMm: 85 } },
    ],
    [
      { template: 'studio', shadow_catcher: 'yes' },
      { template: 'studio', shadow: true },
    ],
    [{ hdri: 'C:\\hdris\\sky.hdr' }, { environment: { image: 'sky.hdr', isRequired: false } }],
    [
      { hdri: 'old/sky.exr', lighting_only: 'yes' },
      { environment: { image: 'sky.exr', lightingOnly: true, isRequired: false } },
    ],
  ])('%j', (settings, overrides) => {
    expect(overridesOf(settings)).toEqual(overrides);
    expect(adaptLegacySettings(settings, STILL).findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it.each<[JsonObject, LegacyOverrides['animation']]>([
    [
      { frames: 48, fps: 24 },
      { frames: 48, fps: 24 },
    ],
    [
      { frame_count: '48', duration: 2 },
      { frames: 48, fps: 24 },
    ],
    [
      { fps: 24, duration: 3 },
      { frames: 72, fps: 24 },
    ],
    [
      { fps: 24, duration: 3, frames: 72 },
      { frames: 72, fps: 24 },
    ],
    [
      { turntable_degrees: 360, axis: 'Z', rotation_direction: 'CCW', start_angle: '45' },
      { degrees: 360, axis: 'z', direction: 'counter_clockwise', startDeg: 45 },
    ],
  ])('%j of a turntable', (settings, animation) => {
    expect(overridesOf(settings, TURNTABLE)).toEqual({ animation });
    expect(codesOf(settings, TURNTABLE)).toEqual([]);
  });

  it('file format and quality', () => {
    expect(overridesOf({ output_format: 'JPEG', jpeg_quality: '90' })).toEqual({ format: 'jpeg', imageQuality: 90 });
    expect(statusOf({ file_format: 'png', jpeg_quality: 90 })).toEqual({
      file_format: 'mapped',
      jpeg_quality: 'ignored',
    });
  });

  it('a format that is the only one, and one that only the others have', () => {
    expect(statusOf({ format: 'BLEND' }, { artifactKind: 'blend_file' })).toEqual({ format: 'ignored' });
    expect(codesOf({ format: 'blend' }, { artifactKind: 'blend_file' })).toEqual([]);
    expect(codesOf({ format: 'blend' })).toEqual(['warning LEGACY_FORMAT_IMPOSSIBLE /format']);
  });

  it('a transparent film without a format, which becomes one that can be', () => {
    expect(overridesOf({ transparent: true }, TURNTABLE)).toEqual({ transparent: true, format: 'webm' });
    expect(codesOf({ transparent: true }, TURNTABLE)).toEqual(['info LEGACY_FORMAT_CHOSEN /transparent']);
    expect(overridesOf({ transparent: true, format: 'mp4' }, TURNTABLE)).toEqual({ transparent: false, format: 'mp4' });
  });

  it('a wish for no transparency', () => {
    expect(overridesOf({ transparent: 'no' })).toEqual({ transparent: false });
    expect(overridesOf({ transparent: 'no', film_transparent: 1 })).toEqual({ transparent: true });
  });

  it('a path to a template by look-up, never as a path', () => {
    const settings = { blend_file: '/mnt/old/studio_white.blend' };
    const known = { ...STILL, templateName: (name: string) => (name.includes('studio_white') ? 'studio' : undefined) };
    expect(overridesOf(settings, known)).toEqual({ template: 'studio' });
    expect(codesOf(settings)).toEqual(['error LEGACY_TEMPLATE_UNKNOWN /blend_file']);
    expect(codesOf({ template: 'none' }, known)).toEqual(['error LEGACY_TEMPLATE_UNKNOWN /template']);
  });
});

describe('adaptLegacySettings reports', () => {
  it('an environment image that the library does not have, and light that could only be of one', () => {
    const settings = { hdri: 'old/sky.hdr', lighting_only: true };
    const here = (...names: string[]) => ({ ...STILL, environmentNames: new Set(names) });
    expect(statusOf(settings, here('sky.hdr'))).toEqual({ hdri: 'mapped', lighting_only: 'mapped' });
    expect(statusOf(settings, here('hall.hdr'))).toEqual({ hdri: 'ignored', lighting_only: 'ignored' });
    expect(adaptLegacySettings(settings, here('hall.hdr')).report[0]!.note).toContain('“sky.hdr”');
    expect(overridesOf(settings, here())).toEqual({});
    expect(statusOf({ lighting_only: true }, here('sky.hdr'))).toEqual({ lighting_only: 'ignored' });
    expect(codesOf({ hdri: 7 })).toEqual(['error LEGACY_VALUE_INVALID /hdri']);
  });

  it('what became of every key, and keeps what it did not map', () => {
    const settings = {
      samples: 64,
      quality: 'high',
      gpu: true,
      watermark: 'x',
      frames: 24,
      hdri: 'sky.hdr',
      width: null,
    };
    expect(statusOf(settings)).toEqual({
      samples: 'mapped',
      quality: 'ignored',
      gpu: 'ignored',
      watermark: 'unknown',
      frames: 'ignored',
      hdri: 'mapped',
      width: 'ignored',
    });
    const { samples: _, hdri: __, ...rest } = settings;
    expect(adaptLegacySettings(settings, STILL).kept).toEqual(rest);
    expect(codesOf(settings)).toEqual(['warning LEGACY_KEY_UNKNOWN /watermark']);
  });

  it.each<[JsonObject, string]>([
    [{ engine: 'luxcore' }, 'error LEGACY_VALUE_INVALID /engine'],
    [{ resolution: 'big' }, 'error LEGACY_VALUE_INVALID /resolution'],
    [{ resolution: 4 }, 'error LEGACY_VALUE_INVALID /resolution'],
    [{ samples: 0 }, 'error LEGACY_VALUE_INVALID /samples'],
    [{ noise_threshold: 2 }, 'error LEGACY_VALUE_INVALID /noise_threshold'],
    [{ noise_threshold: 1e-9 }, 'error LEGACY_VALUE_INVALID /noise_threshold'],
    [{ adaptive: 'maybe' }, 'error LEGACY_VALUE_INVALID /adaptive'],
    [{ samples: '64 spp' }, 'error LEGACY_VALUE_INVALID /samples'],
    [{ bg_color: 'papaya' }, 'error LEGACY_VALUE_INVALID /bg_color'],
    [{ transparent: 'maybe' }, 'error LEGACY_VALUE_INVALID /transparent'],
    [{ materials: { Ring: 3 } }, 'error LEGACY_VALUE_INVALID /materials'],
  ])('%j as %s', (settings, code) => {
    expect(codesOf(settings)).toEqual([code]);
    expect(overridesOf(settings)).toEqual({});
  });

  it('a wish for transparency that the file cannot grant', () => {
    const settings = { transparent: true, format: 'jpeg' };
    expect(codesOf(settings)).toEqual(['warning LEGACY_TRANSPARENCY_IMPOSSIBLE /transparent']);
    expect(overridesOf(settings)).toEqual({ format: 'jpeg', transparent: false });
    expect(statusOf(settings)).toEqual({ transparent: 'ignored', format: 'mapped' });
  });

  it('a material that the library does not have', () => {
    expect(codesOf({ force_material: 'gold' }, { ...STILL, materialNames: new Set(['steel']) })).toEqual([
      'error LEGACY_MATERIAL_UNKNOWN /force_material',
    ]);
  });

  it('frames, rate and duration that contradict each other', () => {
    const settings = { frames: 48, fps: 24, duration: 5, axis: 'z' };
    expect(overridesOf(settings, TURNTABLE)).toEqual({ animation: { axis: 'z' } });
    expect(codesOf(settings, TURNTABLE)).toEqual([
      'error LEGACY_TIMING_CONTRADICTION /frames',
      'error LEGACY_TIMING_CONTRADICTION /fps',
      'error LEGACY_TIMING_CONTRADICTION /duration',
    ]);
  });

  it('a renderer that is not Blender, which stays on the legacy path', () => {
    const adapted = adaptLegacySettings({ renderer: 'threejs', samples: 4 }, STILL);
    expect(adapted).toMatchObject({ staysOnLegacy: true, overrides: { samples: 4 }, kept: { renderer: 'threejs' } });
    expect(adapted.overrides.engine).toBeUndefined();
    expect(adaptLegacySettings({ renderer: 'cycles' }, STILL).staysOnLegacy).toBe(false);
  });
});

const KEYS = `width height resolution resolution_percentage samples render_samples quality engine renderer render_engine
  transparent transparent_bg film_transparent bg_color format file_format output_format jpeg_quality frames frame_count fps
  duration turntable_degrees axis rotation_direction start_angle material_override materials force_material denoise
  noise_threshold adaptive camera camera_angle view focal_length elevation azimuth template blend_file scene hdri
  lighting_only shadow_catcher device gpu threads timeout constructor __proto__ whatever`.split(/\s+/);
const anyValue = fc.oneof(
  fc.constantFrom<JsonValue>('4k', '2048x1024', 2048, '64', 24, 2, 'cycles', 'EEVEE', 'threejs', 'jpeg', 'png', '#fff'),
  fc.constantFrom<JsonValue>(
    true,
    'false',
    'z',
    'cw',
    'high',
    'a/b.blend',
    'a/sky.hdr',
    'blend',
    'exr',
    'top',
    { Ring: 'steel' },
    0.5,
    '',
    null,
    1e300,
    -1,
  ),
  fc.jsonValue() as fc.Arbitrary<JsonValue>,
);
const anyBag = fc
  .array(fc.tuple(fc.constantFrom(...KEYS), anyValue), { maxLength: 25 })
  .map((entries) => Object.fromEntries(entries) as JsonObject);

describe('adaptLegacySettings, whatever the bag,', () => {
  const kinds = fc.constantFrom<LegacyOptions>(STILL, TURNTABLE, {
    ...STILL,
    templateName: () => 'studio',
    environmentNames: new Set(['sky.hdr']),
  });

  it('reports every key once, keeps what it did not map, and yields valid overrides', () => {
    fc.assert(
      fc.property(anyBag, kinds, (bag, options) => {
        const { overrides, report, kept, findings } = adaptLegacySettings(bag, options);
        expect(LegacyOverrides.parse(overrides)).toEqual(overrides);
        expect(report.map(({ key }) => key)).toEqual(Object.keys(bag));
        const unmapped = report.filter(({ status }) => status !== 'mapped').map(({ key }) => key);
        expect(Object.keys(kept)).toEqual(unmapped);
        for (const key of unmapped) expect(kept[key]).toEqual(bag[key]);
        for (const { status, target } of report) expect(status === 'mapped').toBe(target !== undefined);
        const unknown = report.filter(({ status }) => status === 'unknown').map(({ key }) => `/${key}`);
        const reported = findings.map(({ path }) => path);
        expect(unknown.every((path) => reported.includes(path))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on the order of its keys', () => {
    fc.assert(
      fc.property(anyBag, kinds, (bag, options) => {
        const reversed = Object.fromEntries(Object.entries(bag).reverse());
        const [one, two] = [adaptLegacySettings(bag, options), adaptLegacySettings(reversed, options)];
        expect({ ...two, report: 0, findings: 0 }).toEqual({ ...one, report: 0, findings: 0 });
        expect(new Set(two.report)).toEqual(new Set(one.report));
      }),
    );
  });

  it('is said again by the old settings that its overrides turn into', () => {
    fc.assert(
      fc.property(anyBag, kinds, (bag, options) => {
        const { overrides } = adaptLegacySettings(bag, options);
        const again = adaptLegacySettings(legacySettingsOf(overrides), options);
        expect(again.overrides).toEqual(overrides);
        expect(again.report.every(({ status }) => status === 'mapped')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('maps keys only to overrides that are there', () => {
    fc.assert(
      fc.property(anyBag, kinds, (bag, options) => {
        const { overrides, report } = adaptLegacySettings(bag, options);
        for (const { target } of report) {
          if (target !== undefined) expect(Object.keys(overrides).map((name) => `overrides.${name}`)).toContain(target);
        }
      }),
    );
  });
});
