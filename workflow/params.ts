import type { ProductionModule } from '../modules/define.js';
import type { JsonObject, JsonValue } from '../modules/json.js';
import type { NodeParams } from './graph.js';
import { issueText, valueAt } from './issueText.js';

export interface ParamIssue {
  code: 'PARAM_INVALID' | 'PARAM_UNKNOWN';
  /** From the params object; empty when the params do not go together. */
  path: PropertyKey[];
  /** One sentence. */
  message: string;
}

export type ParamCheck = { ok: true; params: NodeParams } | { ok: false; issues: ParamIssue[] };

/** Checks params against the module and fills in its defaults. Unknown names are errors at every depth. */
export function checkParams(module: ProductionModule, given: NodeParams): ParamCheck {
  const parsed = module.params.safeParse(given);
  const issues: ParamIssue[] = unknownKeys(given, parsed.success ? parsed.data : undefined, module).map((path) => ({
    code: 'PARAM_UNKNOWN',
    path,
    message: `${module.title} has no setting “${path.map(String).join('.')}”.`,
  }));
  for (const issue of parsed.error?.issues ?? []) {
    if (issue.code === 'unrecognized_keys' && issue.path.length === 0) continue;
    issues.push({
      code: 'PARAM_INVALID',
      path: issue.path,
      message: `${settingLabel(module, issue.path)} ${issueText(issue, valueAt(given, issue.path))}.`.replace(
        /\.\.$/,
        '.',
      ),
    });
  }
  return issues.length > 0 ? { ok: false, issues } : { ok: true, params: asJson(parsed.data as NodeParams) };
}

/** Names of the module's params that an output type or order line may override. */
export function invocationParamsOf(module: ProductionModule): string[] {
  return Object.entries(propertiesOf(module)).flatMap(([name, schema]) =>
    schema['x-invocation'] === true ? [name] : [],
  );
}

function propertiesOf(module: ProductionModule): Record<string, JsonObject> {
  return (module.paramSchema.properties ?? {}) as Record<string, JsonObject>;
}

/** Names that the schema does not declare, and deeper ones that parsing dropped. */
function unknownKeys(given: NodeParams, parsed: unknown, module: ProductionModule): PropertyKey[][] {
  const known = propertiesOf(module);
  const isOpen = module.paramSchema.additionalProperties;
  const top = isOpen ? [] : Object.keys(given).filter((key) => !Object.hasOwn(known, key));
  const deep = parsed === undefined ? [] : dropped(given, parsed).filter((path) => path.length > 1);
  return [...top.map((key) => [key]), ...deep];
}

/** Paths of object keys that `after` lacks. Where parsing made something else of an object, nothing is dropped. */
function dropped(before: unknown, after: unknown): PropertyKey[][] {
  if (Array.isArray(before) && Array.isArray(after)) {
    return before.flatMap((item, i) => dropped(item, after[i]).map((path) => [i, ...path]));
  }
  if (!isObject(before) || !isObject(after)) return [];
  return Object.keys(before).flatMap((key) =>
    Object.hasOwn(after, key) ? dropped(before[key], after[key]).map((path) => [key, ...path]) : [[key]],
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function settingLabel(module: ProductionModule, path: readonly PropertyKey[]): string {
  if (path.length === 0) return module.title;
  const [name, ...rest] = path.map(String);
  return settingTitle(module, name!, rest);
}

/** What people call a param, in quotation marks. */
export function settingTitle(module: ProductionModule, name: string, within: string[] = []): string {
  const properties = propertiesOf(module);
  const title = Object.hasOwn(properties, name) ? properties[name]!.title : undefined;
  return `“${[typeof title === 'string' ? title : humanised(name), ...within].join(' › ')}”`;
}

/** `bevelWidthMm` → `Bevel width mm`. */
export function humanised(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const asJson = (params: NodeParams) => JSON.parse(JSON.stringify(params)) as Record<string, JsonValue>;
