import type { ArtifactRole } from '../../modules/artifacts.js';
import type { Ports, ProductionModule } from '../../modules/define.js';
import type { JsonObject } from '../../modules/json.js';
import { MODULES } from '../../modules/registry.js';
import { type Deliverable, typesOfFormat } from '../deliverables.js';
import { type Finding, pointer } from '../finding.js';
import type { NodeParams } from '../graph.js';
import { checkParams, invocationParamsOf } from '../params.js';
import { adaptLegacySettings, type LegacyOptions } from './settings.js';

/** What the linear pipeline does for every kind, in its order: the steps' names are those of their node definitions. */
const SCENE = {
  resolve_step_path: MODULES['cad.resolve_step_path'],
  extract_objects: MODULES['cad.extract_objects'],
  export_glb: MODULES['cad.export_glb'],
  compute_bbox: MODULES['cad.compute_bbox'],
  resolve_material_map: MODULES['materials.resolve_map'],
  resolve_template: MODULES['render.resolve_template'],
};
const DELIVERY = { publish_asset: MODULES['output.publish_asset'], notify: MODULES['output.notify'] };
export const LEGACY_STEPS = {
  still_image: { ...SCENE, blender_still: MODULES['render.blender_still'], ...DELIVERY },
  turntable_video: { ...SCENE, blender_turntable: MODULES['render.blender_turntable'], ...DELIVERY },
  blend_file: { ...SCENE, export_blend: MODULES['render.export_blend'], ...DELIVERY },
  preview_thumbnail: {
    resolve_step_path: SCENE.resolve_step_path,
    export_glb: SCENE.export_glb,
    render_thumbnail: MODULES['cad.render_thumbnail'],
    ...DELIVERY,
  },
} as const satisfies Partial<Record<ArtifactRole, Record<string, ProductionModule>>>;

/** Kinds of delivery that the linear pipeline can make. */
export type LegacyKind = keyof typeof LEGACY_STEPS;
export const LEGACY_KINDS = Object.keys(LEGACY_STEPS) as LegacyKind[];
export const isLegacyKind = (kind: string): kind is LegacyKind => Object.hasOwn(LEGACY_STEPS, kind);

/** What the linear pipeline is asked for. Later layers win, value by value. */
export interface LegacyRequest {
  artifactKind: LegacyKind;
  /** Render settings of the old world, word for word. */
  settings: JsonObject;
  /** Invocation overrides of the output type, … */
  overrides: JsonObject;
  /** … and those of the order line. */
  options: JsonObject;
}

/** The invocation overrides of an output type: what its old settings say in the new words, then its own. Graph and legacy take the same. */
export function outputTypeOverrides(outputType: {
  artifactKind: string;
  legacySettings: unknown;
  overrides: unknown;
}): JsonObject {
  const settings = outputType.legacySettings as JsonObject;
  const { overrides } = adaptLegacySettings(settings, { artifactKind: outputType.artifactKind as ArtifactRole });
  return { ...(overrides as JsonObject), ...(outputType.overrides as JsonObject) };
}

export interface LegacyParams {
  /** By step, complete and valid; empty where `findings` has an error. */
  params: Record<string, NodeParams>;
  /** `LEGACY_OVERRIDE_INVALID` (error), `LEGACY_OVERRIDE_UNUSED` (warning); paths point into the layer that has the value. */
  findings: Finding[];
}

/** The params every step runs with: module default, then old settings, then output type, then order line.
 * Like in a graph, a value reaches every module that opens a param of its name to invocations, and `<step>.<param>` one step alone, over
 * the plain name in the same layer.
 * @param library - what names in the old settings are checked against. */
export function legacyParams(
  { artifactKind, settings, overrides, options }: LegacyRequest,
  library: Omit<LegacyOptions, 'artifactKind'> = {},
): LegacyParams {
  const adapted = adaptLegacySettings(settings, { ...library, artifactKind }).overrides as JsonObject;
  const layers = { settings: adapted, overrides, options };
  const taken = new Set<string>();
  const findings: Finding[] = [];
  const params = Object.entries(LEGACY_STEPS[artifactKind]).map(([step, module]) => {
    const values: JsonObject = {};
    const places = new Map<string, [layer: string, key: string]>();
    for (const [layer, given] of Object.entries(layers))
      for (const name of invocationParamsOf(module))
        for (const key of [name, `${step}.${name}`]) {
          if (!Object.hasOwn(given, key)) continue;
          values[name] = given[key]!;
          places.set(name, [layer, key]);
          taken.add(pointer(layer, key));
        }
    const check = checkParams(module, values);
    if (check.ok) return [step, check.params] as const;
    for (const { path, message } of check.issues) {
      const [name, ...within] = path;
      findings.push({
        code: 'LEGACY_OVERRIDE_INVALID',
        severity: 'error',
        message: `${module.title}: ${message}`,
        path: name === undefined ? '' : pointer(...(places.get(String(name)) ?? ['settings', name]), ...within),
      });
    }
    return [step, {}] as const;
  });
  for (const [layer, given] of Object.entries(layers))
    for (const key of Object.keys(given))
      if (!taken.has(pointer(layer, key)))
        findings.push({
          code: 'LEGACY_OVERRIDE_UNUSED',
          severity: 'warning',
          message: `No step takes the setting “${key}”.`,
          path: pointer(layer, key),
        });
  return { params: Object.fromEntries(params), findings };
}

/** What the linear pipeline can deliver.
 * @param request - what it is asked for; its params are known of that kind alone. */
export function legacyDeliverables(request?: LegacyRequest): Deliverable[] {
  return LEGACY_KINDS.map((kind) => {
    const params = request?.artifactKind === kind ? legacyParams(request).params : {};
    const made = Object.entries(LEGACY_STEPS[kind]).flatMap(([step, { outputs }]) =>
      Object.values(outputs as Ports).flatMap((port) =>
        port.kind === 'artifact' && port.roles.includes(kind) ? [{ step, mediaTypes: port.mediaTypes }] : [],
      ),
    )[0]!;
    const own = params[made.step] ?? {};
    return { kind, mediaTypes: typesOfFormat(made.mediaTypes, own.format), isSet: false, params: own };
  });
}
