import { lookupIn, type NodeDefinition } from './nodeDefinition.js';

export const NODE_DEFINITIONS: Record<string, NodeDefinition> = {};
export const nodeDefinition = lookupIn(NODE_DEFINITIONS);
