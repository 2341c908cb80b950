import type { z } from 'zod';
import { ModuleError } from './errors.js';
import type { JsonObject } from './json.js';

/** What an artifact is for inside a graph. An open, registered set: a new role is one line here. */
export const ARTIFACT_ROLES = {
  step_source: 'The CAD file as it was uploaded (STEP, ISO 10303-21).',
  object_tree: 'The product structure of a CAD file: assemblies, parts, instances, colours (JSON).',
  bbox: 'Axis-aligned bounding box in millimetres and CAD axes (JSON).',
  glb_model: 'The geometry as binary glTF: metres, Y up.',
  web_model: 'A lighter copy of the geometry for viewers: compressed, coarser or both (binary glTF).',
  preview_thumbnail: 'A small picture of the CAD model for lists.',
  material_library: 'Snapshot of the material library and its mapping rules at dispatch (JSON).',
  material_proposal: 'Proposed material for every part, with confidence and the rule that fired (JSON).',
  material_map: 'The material of every part, resolved (JSON).',
  template_library: 'Snapshot of the render templates at dispatch (JSON).',
  render_template: 'One render template: camera, lights, backdrop, colour management (JSON).',
  still_image: 'A rendered picture.',
  turntable_frame: 'One picture of a turntable (PNG with alpha).',
  turntable_video: 'A rendered full turn of the product.',
  blend_file: 'A packed Blender scene.',
  template_scene: 'A studio built in Blender: the .blend file behind a render template.',
  environment_image: 'A picture of the surroundings in linear light that products are lit by (HDRI).',
  material_scene: 'A .blend file that materials of the library are taken from.',
  texture_image: 'A texture map of a material.',
  published_asset: 'A file delivered to the customer under its catalogue name.',
  parity_difference: 'Where what legacy and graph made looks different, or a frame that was compared (PNG).',
  asset_derivative: 'A smaller or re-encoded copy of a delivered picture, for the web.',
} as const satisfies Record<string, string>;

export type ArtifactRole = keyof typeof ARTIFACT_ROLES;

/** An immutable file in the artifact store. `sha256` is the address of its bytes (lower-case hex); `id` names this production of it. */
export interface ArtifactRef {
  readonly id: string;
  readonly role: ArtifactRole;
  /** IANA media type, for example `model/gltf-binary`. */
  readonly mediaType: string;
  readonly sha256: string;
  readonly byteSize: number;
  /** A name a person would give the file when saving it, with extension. */
  readonly fileName: string;
  /** Facts about the content (widthPx, heightPx, triangleCount, …); small, JSON. */
  readonly metadata: JsonObject;
}

/** Says of a JSON artifact that it is not what its role promises. */
export function unfitArtifact({ fileName, role }: ArtifactRef, { issues: [issue] }: z.ZodError): ModuleError {
  return new ModuleError(
    'ARTIFACT_UNREADABLE',
    `"${fileName}" does not have the shape of a ${role}: ${issue?.message} at /${issue?.path.join('/')}.`,
  );
}
