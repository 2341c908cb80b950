import { ARTIFACT_ROLES } from '../modules/artifacts.js';
import { CAPABILITIES, FAMILIES, type ProductionModule } from '../modules/define.js';
import { ENTRY_SLOTS } from '../modules/entry.js';
import { DomainError } from '../modules/errors.js';
import { familyDefinition, OWN_GROUP } from './families.js';
import type { NodeDefinition } from './nodeDefinition.js';
import { buildUiSchema, type PanelHints } from './uiSchema.js';

/** How a module shows in editors. What is left out follows from the module. */
export interface NodeLook {
  /** Default: the module's title. */
  label?: string;
  /** Default: the module's description. */
  description?: string;
  /** Key of a palette group; default: that of own modules. */
  category?: string;
  /** Name of an icon of the console; unknown ones fall back to a general one. */
  icon?: string;
  /** Look of the settings panel; without it params stand in the order of the module. */
  panel?: PanelHints;
}

/** What a module package exports. */
export interface ModulePackage {
  modules: readonly ProductionModule[];
  /** By module key. */
  looks?: Readonly<Record<string, NodeLook>>;
}

const KEY = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/;
/** First parts of keys that are HartOMat's own. */
const RESERVED = ['cad', 'materials', 'render', 'output', 'hartomat'];

/** The node definitions of a package's modules; their `step` is the module's key.
 * @param taken steps and module keys that are in use already.
 * @throws {DomainError} `MODULE_PACKAGE_INVALID`, naming package, module and what is wrong. */
export function packageDefinitions(
  name: string,
  exported: Partial<Record<keyof ModulePackage, unknown>>,
  taken: ReadonlySet<string>,
): NodeDefinition[] {
  const refuse = (why: string): never => {
    throw new DomainError('MODULE_PACKAGE_INVALID', `The module package "${name}" cannot be used: ${why}.`);
  };
  const { modules, looks = {} } = exported;
  if (!Array.isArray(modules)) return refuse('it does not export a list called "modules"');
  if (typeof looks !== 'object' || looks === null) return refuse('its "looks" are not an object');
  const keys = new Set<string>();
  const definitions = modules.map((module: unknown, position): NodeDefinition => {
    if (!isModule(module)) return refuse(`entry ${position + 1} of "modules" was not made with defineModule`);
    const why = flawOf(module, taken, keys);
    if (why) return refuse(`"${module.key}" ${why}`);
    keys.add(module.key);
    try {
      return definitionOf(module, (looks as Record<string, NodeLook>)[module.key] ?? {});
    } catch (error) {
      return refuse(`the look of "${module.key}" does not fit: ${(error as Error).message}`);
    }
  });
  const stranger = Object.keys(looks).find((key) => !keys.has(key));
  return stranger === undefined ? definitions : refuse(`it has a look for "${stranger}", but no such module`);
}

function isModule(value: unknown): value is ProductionModule {
  const module = value as Partial<ProductionModule> | null;
  return typeof module?.key === 'string' && typeof module.etag === 'string' && typeof module.run === 'function';
}

/** What keeps a module out, as the rest of a sentence. */
function flawOf(module: ProductionModule, taken: ReadonlySet<string>, keys: ReadonlySet<string>): string | undefined {
  const { key, families, execution, inputContract, outputContract } = module;
  const [space = ''] = key.split('.');
  if (!KEY.test(key)) return 'must have a key like "studio.silhouette": a name of yours, a dot, what it does';
  if (RESERVED.includes(space)) return `must not begin with "${space}.", which is HartOMat's own`;
  if (taken.has(key) || keys.has(key)) return 'is there already';
  if (families.length === 0 || families.some((family) => !FAMILIES.includes(family)))
    return `must be for ${FAMILIES.join(' or ')}`;
  if (!CAPABILITIES.includes(execution.capability)) return `needs a capability of ${CAPABILITIES.join(', ')}`;
  for (const [port, contract] of Object.entries({ ...outputContract, ...inputContract })) {
    if (contract.kind === 'artifact') {
      const role = contract.roles.find((name) => !Object.hasOwn(ARTIFACT_ROLES, name));
      if (role !== undefined) return `names an artifact role "${role}" at "${port}" that does not exist`;
    }
    if (contract.entry !== null && !Object.hasOwn(ENTRY_SLOTS, contract.entry))
      return `names an entry slot "${contract.entry}" at "${port}" that does not exist`;
  }
  return undefined;
}

function definitionOf(module: ProductionModule, look: NodeLook): NodeDefinition {
  const category = look.category ?? OWN_GROUP.key;
  for (const family of module.families)
    if (!familyDefinition(family).paletteGroups.some(({ key }) => key === category))
      throw new Error(`${familyDefinition(family).label} has no palette group "${category}"`);
  return {
    step: module.key,
    module,
    label: look.label ?? module.title,
    description: look.description ?? module.description,
    category,
    icon: look.icon ?? 'box',
    uiSchema: buildUiSchema(module.paramSchema, look.panel),
  };
}
