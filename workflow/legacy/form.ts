import { z } from 'zod';
import { toJsonSchema } from '../../modules/define.js';
import type { JsonObject, JsonSchema } from '../../modules/json.js';
import { invocationParamsOf } from '../params.js';
import { buildUiSchema, type ControlGroup } from '../uiSchema.js';
import { LegacyOverrides } from './context.js';
import { LEGACY_STEPS, type LegacyKind, legacyParams } from './invocation.js';
import { legacySettingsOf, PLAIN_WORDS, type PlainWord } from './reverse.js';

/** What people call the old words, and the unit of their values. */
const TITLES: Record<PlainWord, { title: string; 'x-unit'?: string; 'x-lookup'?: string }> = {
  width: { title: 'Width', 'x-unit': 'px' },
  height: { title: 'Height', 'x-unit': 'px' },
  samples: { title: 'Samples' },
  engine: { title: 'Engine' },
  transparent: { title: 'Transparent background' },
  bg_color: { title: 'Background colour' },
  shadow_catcher: { title: 'Shadow on the ground' },
  format: { title: 'File format' },
  jpeg_quality: { title: 'JPEG quality' },
  frames: { title: 'Frames' },
  fps: { title: 'Frames a second' },
  turntable_degrees: { title: 'Turn', 'x-unit': '°' },
  axis: { title: 'Axis' },
  rotation_direction: { title: 'Direction' },
  start_angle: { title: 'Start', 'x-unit': '°' },
  material_override: { title: 'One material for everything', 'x-lookup': 'materials' },
  denoise: { title: 'Remove grain' },
  adaptive: { title: 'Adaptive sampling' },
  noise_threshold: { title: 'Noise threshold' },
  camera: { title: 'Camera of the template' },
  view: { title: 'View' },
  azimuth: { title: 'Azimuth', 'x-unit': '°' },
  elevation: { title: 'Elevation', 'x-unit': '°' },
  focal_length: { title: 'Focal length', 'x-unit': 'mm' },
  template: { title: 'Template', 'x-lookup': 'renderTemplates' },
  hdri: { title: 'Environment image', 'x-lookup': 'environmentImages' },
  lighting_only: { title: 'Environment lights only' },
};

const GROUPS: readonly (Omit<ControlGroup, 'params'> & { params: readonly PlainWord[] })[] = [
  {
    label: 'Picture',
    params: ['width', 'height', 'format', 'jpeg_quality', 'transparent', 'bg_color', 'shadow_catcher'],
  },
  { label: 'Turntable', params: ['frames', 'fps', 'turntable_degrees', 'axis', 'rotation_direction', 'start_angle'] },
  { label: 'Rendering', params: ['engine', 'samples', 'adaptive', 'noise_threshold', 'denoise'] },
  {
    label: 'Scene',
    params: [
      ...(['template', 'hdri', 'lighting_only', 'material_override'] as const),
      ...(['camera', 'view', 'azimuth', 'elevation', 'focal_length'] as const),
    ],
  },
];

export interface LegacyForm {
  /** JSON Schema (draft 7) of the settings that have a field; whatever else a bag holds is none of the form's business. */
  schema: JsonSchema;
  /** JSONForms UI schema. */
  uiSchema: JsonObject;
  /** What the pipeline does where nothing is set. */
  defaults: JsonObject;
}

const all = toJsonSchema(LegacyOverrides);

/** A form over a bag of old render settings: the plainest of the old words that the kind takes. A word whose value is said in another way
 * (`"64"`, `"yes"`) has no field, so that it stays as it is, word for word. */
export function legacyForm(artifactKind: LegacyKind, settings: JsonObject): LegacyForm {
  const modules = Object.values(LEGACY_STEPS[artifactKind]);
  const taken = new Set(modules.flatMap((module) => invocationParamsOf(module)));
  const properties = Object.fromEntries(
    Object.entries(PLAIN_WORDS).flatMap(([word, path]) => {
      const schema = { ...schemaAt(path), ...TITLES[word as PlainWord] };
      const fits = !Object.hasOwn(settings, word) || isValue(schema, settings[word]);
      return taken.has(path[0]) && fits ? [[word, schema] as const] : [];
    }),
  );
  const groups = GROUPS.map(({ label, params }) => ({
    label,
    params: params.filter((word) => Object.hasOwn(properties, word)),
  })).filter(({ params }) => params.length > 0);
  const schema: JsonSchema = { type: 'object', properties };
  return { schema, uiSchema: buildUiSchema(schema, { groups }), defaults: defaultsOf(artifactKind, properties) };
}

function schemaAt(path: readonly string[]): JsonSchema {
  if (path[0] === 'materials') return { type: 'string' };
  return path.reduce<JsonSchema>((at, name) => (at.properties as Record<string, JsonSchema>)[name]!, all);
}

const isValue = (schema: JsonSchema, value: unknown) =>
  z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema).safeParse(value).success;

function defaultsOf(artifactKind: LegacyKind, properties: JsonObject): JsonObject {
  const { params } = legacyParams({ artifactKind, settings: {}, overrides: {}, options: {} });
  const merged = Object.assign({}, ...Object.values(params)) as LegacyOverrides & { materials?: object };
  const { materials: _none, ...rest } = merged;
  // Of params that are absent by default, what their members are then.
  const declared = Object.entries(properties).flatMap(([word, schema]) => {
    const value = (schema as JsonSchema).default;
    return value === undefined ? [] : [[word, value] as const];
  });
  const said = Object.entries(legacySettingsOf(rest)).filter(([word]) => Object.hasOwn(properties, word));
  return Object.fromEntries([...declared, ...said]);
}
