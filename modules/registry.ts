import { computeBbox } from './cad/compute_bbox.js';
import { exportGlb } from './cad/export_glb.js';
import { extractObjects } from './cad/extract_objects.js';
import { renderThumbnail } from './cad/render_thumbnail.js';
import { resolveStepPath } from './cad/resolve_step_path.js';
import type { ProductionModule } from './define.js';
import { autoPopulate } from './materials/auto_populate.js';
import { resolveMap } from './materials/resolve_map.js';
import { notify } from './output/notify.js';
import { publishAsset } from './output/publish_asset.js';
import { blenderStill } from './render/blender_still.js';
import { blenderTurntable } from './render/blender_turntable.js';
import { exportBlend } from './render/export_blend.js';
import { resolveTemplate } from './render/resolve_template.js';
import { turntableFrames } from './render/turntable_frames.js';

/** Every production module of this installation, by key. To add one: write its file, add a line here. */
export const MODULES = {
  'cad.resolve_step_path': resolveStepPath,
  'cad.extract_objects': extractObjects,
  'cad.compute_bbox': computeBbox,
  'cad.export_glb': exportGlb,
  'cad.render_thumbnail': renderThumbnail,
  'materials.auto_populate': autoPopulate,
  'materials.resolve_map': resolveMap,
  'render.resolve_template': resolveTemplate,
  'render.blender_still': blenderStill,
  'render.blender_turntable': blenderTurntable,
  'render.turntable_frames': turntableFrames,
  'render.export_blend': exportBlend,
  'output.publish_asset': publishAsset,
  'output.notify': notify,
} satisfies Record<string, ProductionModule>;

export type ModuleKey = keyof typeof MODULES;
