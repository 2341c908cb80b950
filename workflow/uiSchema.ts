import type { JsonObject, JsonSchema, JsonValue } from '../modules/json.js';

/** When a control is shown: only while another param has one of these values. */
export interface ShowWhen {
  param: string;
  isOneOf: readonly JsonValue[];
}

/** How one param looks. Everything is optional; the param schema already gives a fair control. */
export interface ControlHints {
  label?: string;
  /** Text area instead of one line. */
  isMultiline?: boolean;
  /** A slider for a bounded number. Default: true for bounded numbers with a handful of steps to choose from. */
  slider?: boolean;
  showWhen?: ShowWhen;
}

export interface ControlGroup {
  label: string;
  params: readonly string[];
  /** Starts closed: for what most people never change. */
  isCollapsed?: boolean;
}

/** The look of one node's settings panel. Params that no group names follow in a last group, so none is ever hidden. */
export interface PanelHints {
  groups?: readonly ControlGroup[];
  controls?: Readonly<Record<string, ControlHints>>;
}

const REST_LABEL = 'More';
/** More steps than this and a slider cannot be set exactly. */
const MOST_SLIDER_STEPS = 200;

/** A JSONForms UI schema for the params of a module: every param exactly once, in the order of the groups, then of the schema.
 * @throws {Error} when the hints name a param that the schema does not have, or one twice. */
export function buildUiSchema(paramSchema: JsonSchema, hints: PanelHints = {}): JsonObject {
  const properties = (paramSchema.properties ?? {}) as Record<string, JsonSchema>;
  const groups = hints.groups ?? [];
  const grouped = groups.flatMap(({ params }) => params);
  const named = [...grouped, ...Object.keys(hints.controls ?? {})];
  const whens = Object.values(hints.controls ?? {}).flatMap(({ showWhen }) => showWhen?.param ?? []);
  const stranger = [...named, ...whens].find((name) => !Object.hasOwn(properties, name));
  if (stranger !== undefined) throw new Error(`The UI hints name a param “${stranger}” that the module does not have.`);
  const twice = grouped.find((name, i) => grouped.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`The UI hints put the param “${twice}” into two groups.`);

  const control = (name: string) => controlOf(name, properties[name]!, hints.controls?.[name] ?? {});
  const rest = Object.keys(properties).filter((name) => !grouped.includes(name));
  const elements = groups.map(({ params, ...look }) => groupOf(look, params.map(control)));
  if (rest.length > 0) {
    if (elements.length > 0) elements.push(groupOf({ label: REST_LABEL }, rest.map(control)));
    else elements.push(...rest.map(control));
  }
  return { type: 'VerticalLayout', elements };
}

/** The elements of a UI schema that are about some params alone; groups with nothing left in them are gone, and so are rules about
 * params that are not there. */
export function narrowUiSchema({ elements }: JsonObject, params: ReadonlySet<string>): JsonObject[] {
  const scopes = new Set([...params].map(scopeOf));
  const narrow = (element: JsonObject): JsonObject[] => {
    if (typeof element.scope === 'string') {
      if (!scopes.has(element.scope)) return [];
      const { rule, ...rest } = element;
      const watched = ((rule as JsonObject | undefined)?.condition as JsonObject | undefined)?.scope;
      return [typeof watched === 'string' && !scopes.has(watched) ? rest : element];
    }
    const inner = ((element.elements ?? []) as JsonObject[]).flatMap(narrow);
    return inner.length > 0 ? [{ ...element, elements: inner }] : [];
  };
  return ((elements ?? []) as JsonObject[]).flatMap(narrow);
}

export function groupOf({ label, isCollapsed }: Omit<ControlGroup, 'params'>, elements: JsonObject[]): JsonObject {
  return { type: 'Group', label, elements, ...(isCollapsed ? { options: { collapsed: true } } : {}) };
}

function controlOf(name: string, schema: JsonSchema, hints: ControlHints): JsonObject {
  const options: JsonObject = {};
  if (hints.isMultiline) options.multi = true;
  if (hints.slider ?? isSlidable(schema)) options.slider = true;
  if (schema.type === 'boolean') options.toggle = true;
  return {
    type: 'Control',
    scope: scopeOf(name),
    ...(hints.label === undefined ? {} : { label: hints.label }),
    ...(Object.keys(options).length > 0 ? { options } : {}),
    ...(hints.showWhen ? { rule: ruleOf(hints.showWhen) } : {}),
  };
}

function ruleOf({ param, isOneOf }: ShowWhen): JsonObject {
  return { effect: 'SHOW', condition: { scope: scopeOf(param), schema: { enum: [...isOneOf] } } };
}

/** Scopes are JSON pointers in a URI fragment. */
function scopeOf(name: string): string {
  return `#/properties/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** JSONForms draws a slider only with minimum, maximum and default. */
function isSlidable({ type, minimum, maximum, multipleOf, default: initial }: JsonSchema): boolean {
  if (type !== 'number' && type !== 'integer') return false;
  if (typeof minimum !== 'number' || typeof maximum !== 'number' || typeof initial !== 'number') return false;
  const step = typeof multipleOf === 'number' ? multipleOf : type === 'integer' ? 1 : (maximum - minimum) / 100;
  return (maximum - minimum) / step <= MOST_SLIDER_STEPS;
}
