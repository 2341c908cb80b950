import type { ProductionModule } from './define.js';

/** Every production module of this installation, by key. To add one: write its file, add a line here. */
export const MODULES: Record<string, ProductionModule> = {};

export type ModuleLookup = (key: string) => ProductionModule | undefined;
export const moduleByKey: ModuleLookup = (key) => MODULES[key];
