import { humanise } from '../components/format.js';

/** What people call the files of a run. New roles show under their own key until they get a line here. */
const ROLE_LABEL: Record<string, string> = {
  step_source: 'CAD file',
  object_tree: 'Parts list',
  bbox: 'Bounding box',
  glb_model: '3D model',
  web_model: 'Web model',
  preview_thumbnail: 'Thumbnail',
  material_library: 'Material library',
  material_proposal: 'Material proposal',
  material_map: 'Material map',
  template_library: 'Template library',
  render_template: 'Render template',
  still_image: 'Still image',
  turntable_frame: 'Turntable frame',
  turntable_video: 'Turntable',
  blend_file: 'Blender scene',
  published_asset: 'Published asset',
  asset_derivative: 'Derivative',
};

export const roleLabel = (role: string): string => ROLE_LABEL[role] ?? humanise(role);
