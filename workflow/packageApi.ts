/** What module packages import, as `hartomat/modules`. Nothing else of HartOMat is theirs to rely on. */
export { z } from 'zod';
export { ARTIFACT_ROLES, type ArtifactRef, type ArtifactRole } from '../modules/artifacts.js';
export type { ArtifactWrite, LogLevel, ModuleArtifacts, ModuleContext } from '../modules/context.js';
export {
  type ArtifactPort,
  artifactPort,
  CAPABILITIES,
  type Capability,
  type DataPort,
  dataPort,
  defineModule,
  FAMILIES,
  type Family,
  type FanOut,
  type ModuleExecution,
  type ModuleSpec,
  type Part,
  type Ports,
  type PortValues,
  type ProductionModule,
} from '../modules/define.js';
export { EntryOrderLine, EntryOutputType, EntryProduct, type EntrySlot } from '../modules/entry.js';
export { type FailureClass, ModuleError } from '../modules/errors.js';
export type { JsonObject, JsonSchema, JsonValue } from '../modules/json.js';
export { converted, type ParamChange, removed, renamed, type Upgrades } from '../modules/upgrades.js';
export type { ModulePackage, NodeLook } from './modulePackage.js';
export type { ControlGroup, ControlHints, PanelHints, ShowWhen } from './uiSchema.js';
