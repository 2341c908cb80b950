import type { JsonValue } from '../../modules/json.js';
import { LEAST_THRESHOLD } from '../../modules/render/params.js';
import { camera } from './camera.js';
import type { LegacyOverrides, LegacyRow } from './context.js';
import { animation } from './turntable.js';
import { asBoolean, asHex, asIntegerIn, asNumberIn, asSize, asText, asTextRecord, asWord } from './values.js';

const yesOrNo = 'yes or no';

const resolution: LegacyRow = ({ bag, overrides }) => {
  const pixels = asIntegerIn(1, 1_000_000);
  const width = bag.read('width', pixels, 'a whole number of pixels');
  const height = bag.read('height', pixels, 'a whole number of pixels');
  const base =
    width !== undefined && height !== undefined
      ? undefined
      : bag.read('resolution', asSize, 'like 2048, "2048x1024" or "4k"');
  const percent = bag.read('resolution_percentage', asNumberIn(1, 1000), 'a percentage from 1 to 1000');
  const wide = width ?? base?.width ?? height;
  const high = height ?? base?.height ?? width;
  if (wide === undefined || high === undefined) {
    bag.ignore('resolution_percentage', 'There is no size it could apply to.');
    return;
  }
  if (base === undefined) bag.ignore('resolution', 'Width and height already say it.');
  const scaled = {
    width: Math.round((wide * (percent ?? 100)) / 100),
    height: Math.round((high * (percent ?? 100)) / 100),
  };
  const keys = ['width', 'height', 'resolution', 'resolution_percentage'];
  if (Math.min(scaled.width, scaled.height) < 16 || Math.max(scaled.width, scaled.height) > 8192) {
    const text = `A picture of ${scaled.width} × ${scaled.height} pixels is not possible; both sides must be 16 to 8192.`;
    for (const key of keys) bag.reject(key, 'LEGACY_VALUE_INVALID', text);
    return;
  }
  overrides.resolution = scaled;
  bag.map(
    keys.filter((key) => bag.has(key)),
    'overrides.resolution',
  );
};

const SAMPLE_PRESETS: Readonly<Record<string, string>> = { draft: '16', standard: '64', high: '256' };

const samples: LegacyRow = ({ bag, overrides }) => {
  const count = asIntegerIn(1, 4096);
  const preset = asWord(SAMPLE_PRESETS);
  const found = bag.firstOf(['samples', 'render_samples', 'quality'], (key) =>
    key === 'quality'
      ? bag.read(
          key,
          (value) => (preset(value) === undefined ? undefined : Number(preset(value))),
          'draft, standard or high',
        )
      : bag.read(key, count, 'a whole number from 1 to 4096'),
  );
  if (!found) return;
  overrides.samples = found.value;
  bag.map([found.key], 'overrides.samples');
};

const ENGINES = {
  cycles: 'cycles',
  eevee: 'eevee',
  blender_eevee: 'eevee',
  blender_eevee_next: 'eevee',
  workbench: 'workbench',
  blender_workbench: 'workbench',
  threejs: 'threejs',
  'three.js': 'threejs',
} as const;

const engine: LegacyRow = (context) => {
  const { bag, overrides } = context;
  for (const key of ['engine', 'render_engine', 'renderer']) {
    const name = bag.read(key, asWord(ENGINES), 'cycles, eevee or workbench');
    if (name === undefined) continue;
    if (name === 'threejs') {
      context.staysOnLegacy = true;
      bag.ignore(key, 'It names a renderer that is not Blender; such output types stay on the legacy path.');
    } else if (overrides.engine === undefined) {
      overrides.engine = name;
      bag.map([key], 'overrides.engine');
    } else {
      bag.ignore(key, `The engine is already said to be ${overrides.engine}.`);
    }
  }
};

const FORMATS = {
  png: 'png',
  jpg: 'jpeg',
  jpeg: 'jpeg',
  webp: 'webp',
  exr: 'exr',
  open_exr: 'exr',
  mp4: 'mp4',
  webm: 'webm',
  blend: 'blend',
} as const;

/** What each kind can be delivered as, … */
const FORMATS_OF: Readonly<Record<string, readonly LegacyOverrides['format'][]>> = {
  still_image: ['png', 'jpeg', 'webp', 'exr'],
  turntable_video: ['mp4', 'webm', 'webp'],
};
/** … and kinds that have one format only. */
const ONLY_FORMAT: Readonly<Record<string, string>> = { blend_file: 'blend', preview_thumbnail: 'png' };

const encoding: LegacyRow = ({ bag, options, overrides }) => {
  const found = bag.firstOf(['format', 'file_format', 'output_format'], (key) =>
    bag.read(key, asWord(FORMATS), 'png, jpeg, webp, exr, mp4, webm or blend'),
  );
  const kind = options.artifactKind.replaceAll('_', ' ');
  const format = FORMATS_OF[options.artifactKind]?.find((one) => one === found?.value);
  if (found && format) {
    overrides.format = format;
    bag.map([found.key], 'overrides.format');
  } else if (found && ONLY_FORMAT[options.artifactKind] === found.value) {
    bag.ignore(found.key, `A ${kind} is always a file in ${found.value}.`);
  } else if (found) {
    const text = `A ${kind} cannot be a file in ${found.value}.`;
    bag.warn(found.key, 'LEGACY_FORMAT_IMPOSSIBLE', text);
    bag.ignore(found.key, text);
  }
  if (overrides.format !== undefined && overrides.format !== 'jpeg') {
    bag.ignore('jpeg_quality', 'The file is not a JPEG.');
    return;
  }
  const quality = bag.read('jpeg_quality', asIntegerIn(1, 100), 'a whole number from 1 to 100');
  if (quality === undefined) return;
  overrides.imageQuality = quality;
  bag.map(['jpeg_quality'], 'overrides.imageQuality');
};

/** Runs after `encoding`: what the file can hold decides. Transparency wins over a colour. */
const background: LegacyRow = ({ bag, options, overrides }) => {
  const said = ['transparent', 'transparent_bg', 'film_transparent'].flatMap((key) => {
    const isTransparent = bag.read(key, asBoolean, yesOrNo);
    return isTransparent === undefined ? [] : [{ key, isTransparent }];
  });
  const hex = bag.read('bg_color', asHex, 'a colour like #ffffff');
  const wish = said.find(({ isTransparent }) => isTransparent);
  const cannotBe = overrides.format === 'jpeg' || overrides.format === 'mp4';
  if (wish && cannotBe) {
    const text = `A file in ${overrides.format} cannot be transparent.`;
    bag.warn(wish.key, 'LEGACY_TRANSPARENCY_IMPOSSIBLE', text);
    for (const { key, isTransparent } of said) if (isTransparent) bag.ignore(key, text);
  }
  const isTransparent = wish !== undefined && !cannotBe;
  if (isTransparent && options.artifactKind === 'turntable_video' && overrides.format === undefined) {
    overrides.format = 'webm';
    bag.tell(wish.key, 'LEGACY_FORMAT_CHOSEN', 'An MP4 cannot be transparent, so the film becomes a WebM.');
  }
  if (said.length > 0 || hex !== undefined) overrides.transparent = isTransparent;
  for (const one of said) {
    if (one.isTransparent === isTransparent) bag.map([one.key], 'overrides.transparent');
    else bag.ignore(one.key, 'Another setting asks for transparency, which wins.');
  }
  if (isTransparent) bag.ignore('bg_color', 'Transparency wins over a background colour.');
  if (isTransparent || hex === undefined) return;
  overrides.backgroundColor = hex;
  bag.map(['bg_color'], 'overrides.backgroundColor');
};

const materials: LegacyRow = ({ bag, options, overrides }) => {
  const found = bag.firstOf(['material_override', 'force_material', 'materials'], (key) =>
    bag.read(
      key,
      (value): LegacyOverrides['materials'] => {
        const all = asText(value);
        if (all !== undefined) return { all };
        const byPart = asTextRecord(value);
        return byPart && { byPart };
      },
      'a material, or a material for each part',
    ),
  );
  if (!found) return;
  const ids = 'all' in found.value ? [found.value.all] : Object.values(found.value.byPart);
  const missing = ids.filter((id) => options.materialNames && !options.materialNames.has(id));
  if (missing.length > 0) {
    const names = missing.map((id) => `“${id}”`).join(', ');
    bag.reject(found.key, 'LEGACY_MATERIAL_UNKNOWN', `The material library has no ${names}.`);
    return;
  }
  overrides.materials = found.value;
  bag.map([found.key], 'overrides.materials');
};

const denoise: LegacyRow = ({ bag, overrides }) => {
  const isWanted = bag.read('denoise', asBoolean, yesOrNo);
  if (isWanted === undefined) return;
  overrides.denoise = isWanted;
  bag.map(['denoise'], 'overrides.denoise');
};

/** Zero meant what leaving it out means. */
const asThreshold = (value: JsonValue) => {
  const threshold = asNumberIn(0, 1)(value);
  return threshold !== undefined && threshold > 0 && threshold < LEAST_THRESHOLD ? undefined : threshold;
};

const sampling: LegacyRow = ({ bag, overrides }) => {
  const adaptive = bag.read('adaptive', asBoolean, yesOrNo);
  if (adaptive === false) bag.ignore('noise_threshold', 'Every pixel gets all samples.');
  const said = bag.read('noise_threshold', asThreshold, `0, or a number from ${LEAST_THRESHOLD} to 1`);
  if (said === 0) bag.ignore('noise_threshold', 'The renderer chooses it by the number of samples.');
  const threshold = adaptive === false || said === 0 ? undefined : said;
  if (adaptive === undefined && threshold === undefined) return;
  overrides.sampling = { ...(adaptive !== undefined && { adaptive }), ...(threshold !== undefined && { threshold }) };
  if (adaptive !== undefined) bag.map(['adaptive'], 'overrides.sampling');
  if (threshold !== undefined) bag.map(['noise_threshold'], 'overrides.sampling');
};

const looksLikePath = (name: string) => /[/\\]|\.\w{2,5}$/.test(name);

const template: LegacyRow = ({ bag, options, overrides }) => {
  const found = bag.firstOf(['template', 'blend_file', 'scene'], (key) =>
    bag.read(key, asText, 'the name of a template'),
  );
  if (found) {
    const plainName = looksLikePath(found.value) ? undefined : found.value;
    const name = options.templateName ? options.templateName(found.value) : plainName;
    if (name === undefined) {
      const text = `No render template is known for “${found.value.slice(0, 100)}”.`;
      bag.reject(found.key, 'LEGACY_TEMPLATE_UNKNOWN', text);
    } else {
      overrides.template = name;
      bag.map([found.key], 'overrides.template');
    }
  }
  const shadow = bag.read('shadow_catcher', asBoolean, yesOrNo);
  if (shadow !== undefined) {
    overrides.shadow = shadow;
    bag.map(['shadow_catcher'], 'overrides.shadow');
  }
};

/** Old settings name the file, perhaps with where it lay. */
const asFileName = (value: JsonValue) => {
  const name = asText(value)?.split(/[/\\]/).at(-1)?.trim();
  return name && name.length <= 200 ? name : undefined;
};

const environment: LegacyRow = ({ bag, options, overrides }) => {
  const image = bag.read('hdri', asFileName, 'the name of an environment image');
  const isThere = image !== undefined && (options.environmentNames?.has(image) ?? true);
  if (!isThere) {
    bag.ignore('hdri', `The library has no environment image “${image}”; the light of the render template stays.`);
    bag.ignore('lighting_only', 'There is no environment image it could apply to.');
    return;
  }
  const lightingOnly = bag.read('lighting_only', asBoolean, yesOrNo);
  overrides.environment = { image, ...(lightingOnly !== undefined && { lightingOnly }), isRequired: false };
  bag.map(['hdri'], 'overrides.environment');
  if (lightingOnly !== undefined) bag.map(['lighting_only'], 'overrides.environment');
};

const runtimePolicy: LegacyRow = ({ bag }) => {
  for (const key of ['device', 'gpu', 'threads', 'timeout']) {
    bag.ignore(key, 'How a node runs is set at the node and the worker, not at the output type.');
  }
};

/** The table, in the order in which later rows rely on earlier ones. */
export const ROWS: readonly LegacyRow[] = [
  resolution,
  samples,
  engine,
  encoding,
  background,
  animation,
  materials,
  denoise,
  sampling,
  camera,
  template,
  environment,
  runtimePolicy,
];
