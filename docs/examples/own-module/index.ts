import type { NodeLook, ProductionModule } from 'hartomat/modules';
import { estimateWeight } from './estimateWeight.js';

/** What HartOMat looks for. */
export const modules: ProductionModule[] = [estimateWeight];

/** Optional: without it the label is the module's title, and params stand in the order of the module. */
export const looks: Record<string, NodeLook> = {
  'studio.estimate_weight': {
    label: 'Estimate weight',
    icon: 'tag',
    panel: {
      groups: [
        { label: 'Material', params: ['densityGCm3'] },
        { label: 'Exceptions', params: ['exceptions'], isCollapsed: true },
      ],
    },
  },
};
