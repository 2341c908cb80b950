import type { ProductionModule } from '../modules/define.js';
import { MODULES, type ModuleKey } from '../modules/registry.js';
import { type DefinitionLookup, lookupIn, type NodeDefinition } from './nodeDefinition.js';
import { buildUiSchema, type PanelHints } from './uiSchema.js';

export type { DefinitionLookup, NodeDefinition };

interface NodeSpec extends Pick<NodeDefinition, 'label' | 'description' | 'category' | 'icon'> {
  module: ModuleKey;
  /** Look of the settings panel; without it params stand in the order of the module. */
  panel?: PanelHints;
}

/** What the palette offers, in its order. Keys are stored in graphs and never change. */
const SPECS = {
  resolve_step_path: {
    module: 'cad.resolve_step_path',
    label: 'STEP file',
    description: 'Brings in the CAD file of the run and checks that it can be worked with. Every workflow starts here.',
    category: 'cad',
    icon: 'file',
  },
  extract_objects: {
    module: 'cad.extract_objects',
    label: 'Extract objects',
    description: 'Lists assemblies and parts with their names, colours and measures.',
    category: 'cad',
    icon: 'list',
  },
  compute_bbox: {
    module: 'cad.compute_bbox',
    label: 'Bounding box',
    description: 'Measures the box the whole model fits in; pictures are framed by it.',
    category: 'cad',
    icon: 'expand',
  },
  export_glb: {
    module: 'cad.export_glb',
    label: 'Export GLB',
    description: 'Turns the CAD file into a 3D model for viewers and rendering.',
    category: 'cad',
    icon: 'cube',
    panel: {
      groups: [
        { label: 'Mesh', params: ['quality'] },
        { label: 'Exact limits', params: ['linearDeflectionMm', 'angularDeflectionRad'], isCollapsed: true },
      ],
    },
  },
  render_thumbnail: {
    module: 'cad.render_thumbnail',
    label: 'Thumbnail',
    description: 'Takes a small picture of the CAD model for lists.',
    category: 'cad',
    icon: 'image',
    panel: { controls: { sizePx: { slider: true } } },
  },
  auto_populate_materials: {
    module: 'materials.auto_populate',
    label: 'Propose materials',
    description: 'Proposes a material for every part by name and CAD colour; a person confirms it.',
    category: 'materials',
    icon: 'zap',
  },
  resolve_material_map: {
    module: 'materials.resolve_map',
    label: 'Material map',
    description: 'Decides the material of every part: order line, product, rules, CAD colour, default.',
    category: 'materials',
    icon: 'palette',
    panel: {
      groups: [
        { label: 'Override', params: ['materials'] },
        { label: 'What is left over', params: ['unmapped', 'defaultMaterial'] },
        { label: 'Proposals', params: ['minConfidence'], isCollapsed: true },
      ],
    },
  },
  resolve_template: {
    module: 'render.resolve_template',
    label: 'Render template',
    description: 'Chooses the studio: camera, lights, surroundings and colour management.',
    category: 'render',
    icon: 'sun',
  },
  blender_still: {
    module: 'render.blender_still',
    label: 'Still',
    description: 'Renders one picture of the product in the studio of the template, with Blender.',
    category: 'render',
    icon: 'camera',
    panel: {
      groups: [
        { label: 'Picture', params: ['resolution', 'framing', 'upAxis'] },
        { label: 'Background', params: ['transparent', 'backdrop', 'backgroundColor', 'shadow'] },
        { label: 'Quality', params: ['engine', 'device', 'samples', 'sampling', 'denoise', 'seed'] },
        { label: 'File', params: ['format', 'imageQuality'] },
        { label: 'Camera', params: ['camera'], isCollapsed: true },
        { label: 'Colour', params: ['colorManagement'], isCollapsed: true },
      ],
      controls: {
        backdrop: { showWhen: { param: 'transparent', isOneOf: [false] } },
        device: { showWhen: { param: 'engine', isOneOf: ['cycles'] } },
        backgroundColor: { showWhen: { param: 'transparent', isOneOf: [false] } },
        sampling: { showWhen: { param: 'engine', isOneOf: ['cycles'] } },
        denoise: { showWhen: { param: 'engine', isOneOf: ['cycles'] } },
        imageQuality: { slider: true, showWhen: { param: 'format', isOneOf: ['jpeg', 'webp'] } },
      },
    },
  },
  blender_turntable: {
    module: 'render.blender_turntable',
    label: 'Turntable',
    description:
      'Renders the product turning in the studio of the template, as a film, on all Blender workers at once.',
    category: 'render',
    icon: 'play',
    panel: {
      groups: [
        { label: 'Turn', params: ['animation'] },
        { label: 'Picture', params: ['resolution', 'upAxis'] },
        { label: 'Background', params: ['transparent', 'backdrop', 'backgroundColor', 'shadow'] },
        { label: 'Quality', params: ['engine', 'device', 'samples', 'sampling', 'denoise', 'seed'] },
        { label: 'File', params: ['format', 'imageQuality'] },
        { label: 'Camera', params: ['camera'], isCollapsed: true },
        { label: 'Colour', params: ['colorManagement'], isCollapsed: true },
        { label: 'Workers', params: ['chunkFrames'], isCollapsed: true },
      ],
      controls: {
        backdrop: { showWhen: { param: 'transparent', isOneOf: [false] } },
        device: { showWhen: { param: 'engine', isOneOf: ['cycles'] } },
        backgroundColor: { showWhen: { param: 'transparent', isOneOf: [false] } },
        sampling: { showWhen: { param: 'engine', isOneOf: ['cycles'] } },
        denoise: { showWhen: { param: 'engine', isOneOf: ['cycles'] } },
        imageQuality: { slider: true, showWhen: { param: 'format', isOneOf: ['mp4', 'webm', 'webp'] } },
      },
    },
  },
  export_blend: {
    module: 'render.export_blend',
    label: 'Blender file',
    description: 'Packs the product with its materials and the studio into a Blender file for other artists.',
    category: 'render',
    icon: 'box',
    panel: {
      groups: [
        { label: 'File', params: ['contents', 'packTextures', 'compress', 'lengthUnit'] },
        { label: 'Collections', params: ['productCollection', 'studioCollection'], isCollapsed: true },
        {
          label: 'Render settings',
          params: ['resolution', 'engine', 'samples', 'sampling', 'denoise', 'seed'],
          isCollapsed: true,
        },
        { label: 'Camera', params: ['camera', 'framing', 'upAxis'], isCollapsed: true },
      ],
      controls: {
        studioCollection: { showWhen: { param: 'contents', isOneOf: ['scene'] } },
        sampling: { showWhen: { param: 'engine', isOneOf: ['cycles'] } },
        denoise: { showWhen: { param: 'engine', isOneOf: ['cycles'] } },
      },
    },
  },
  publish_asset: {
    module: 'output.publish_asset',
    label: 'Publish',
    description: 'Delivers the result under its catalogue name.',
    category: 'output',
    icon: 'upload',
    panel: {
      groups: [
        { label: 'Catalogue', params: ['fileName', 'collision'] },
        { label: 'Derivatives', params: ['derivatives'], isCollapsed: true },
      ],
    },
  },
  notify: {
    module: 'output.notify',
    label: 'Notify',
    description: 'Tells the inbox, a partner system or people by e-mail that a result is ready.',
    category: 'output',
    icon: 'send',
    panel: {
      controls: {
        url: { showWhen: { param: 'channel', isOneOf: ['webhook'] } },
        recipients: { showWhen: { param: 'channel', isOneOf: ['email'] } },
        note: { isMultiline: true },
      },
    },
  },
} as const satisfies Record<string, NodeSpec>;

/** Stable keys of all node definitions of this installation. */
export type Step = keyof typeof SPECS;

function define(step: string, { module: key, panel, ...look }: NodeSpec): NodeDefinition {
  const module: ProductionModule | undefined = MODULES[key];
  if (!module) throw new Error(`The node definition "${step}" names the module "${key}", which is not registered.`);
  return { step, module, ...look, uiSchema: buildUiSchema(module.paramSchema, panel) };
}

/** Every node definition by step. */
export const NODE_DEFINITIONS: Readonly<Record<string, NodeDefinition>> = Object.fromEntries(
  Object.entries<NodeSpec>(SPECS).map(([step, spec]) => [step, define(step, spec)]),
);

export const nodeDefinition: DefinitionLookup = lookupIn(NODE_DEFINITIONS);
