import type { Family } from '../modules/define.js';
import { moduleByKey } from '../modules/registry.js';
import { type DefinitionLookup, isOfFamily, lookupIn, type NodeDefinition } from './nodeDefinition.js';
import { buildUiSchema, type PanelHints } from './uiSchema.js';

export type { DefinitionLookup, NodeDefinition };

interface NodeSpec extends Pick<NodeDefinition, 'label' | 'description' | 'category' | 'icon'> {
  /** Key of the production module. */
  module: string;
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
} as const satisfies Record<string, NodeSpec>;

/** Stable keys of all node definitions of this installation. */
export type Step = keyof typeof SPECS;

function define(step: string, { module: key, panel, ...look }: NodeSpec): NodeDefinition {
  const module = moduleByKey(key);
  if (!module) throw new Error(`The node definition "${step}" names the module "${key}", which is not registered.`);
  return { step, module, ...look, uiSchema: buildUiSchema(module.paramSchema, panel) };
}

/** Every node definition by step. */
export const NODE_DEFINITIONS: Readonly<Record<string, NodeDefinition>> = Object.fromEntries(
  Object.entries<NodeSpec>(SPECS).map(([step, spec]) => [step, define(step, spec)]),
);

export const nodeDefinition: DefinitionLookup = lookupIn(NODE_DEFINITIONS);

/** The definitions that may be placed in workflows of a family, or all, in palette order. */
export function nodeDefinitionsOf(family?: Family): NodeDefinition[] {
  const all = Object.values(NODE_DEFINITIONS);
  return family === undefined ? all : all.filter((definition) => isOfFamily(definition, family));
}
