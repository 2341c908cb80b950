import { computeBbox } from './cad/compute_bbox.js';
import { exportGlb } from './cad/export_glb.js';
import { extractObjects } from './cad/extract_objects.js';
import { resolveStepPath } from './cad/resolve_step_path.js';
import type { ProductionModule } from './define.js';

/** Every production module of this installation, by key. To add one: write its file, add a line here. */
export const MODULES: Record<string, ProductionModule> = {
  'cad.resolve_step_path': resolveStepPath,
  'cad.extract_objects': extractObjects,
  'cad.compute_bbox': computeBbox,
  'cad.export_glb': exportGlb,
};

export type ModuleLookup = (key: string) => ProductionModule | undefined;
export const moduleByKey: ModuleLookup = (key) => MODULES[key];
