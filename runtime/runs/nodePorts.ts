import type { z } from 'zod';
import type { ArtifactRef } from '../../modules/artifacts.js';
import type { Port, ProductionModule } from '../../modules/define.js';
import { ModuleError } from '../../modules/errors.js';
import type { JsonObject, JsonValue } from '../../modules/json.js';
import { cacheKey, cacheKeyParts, type InputValue } from '../../workflow/cacheKey.js';
import type { Binding, PlannedNode } from '../../workflow/plan.js';
import { boundInputs, type PortValue, type PortValues } from './nodeInputs.js';
import type { Identity } from './outcomes.js';

/** What an attempt hands to its module, and under which key its result is kept. */
export interface ReadyNode {
  inputs: Record<string, unknown>;
  params: Record<string, unknown>;
  /** Null: its results are not reused. */
  cacheKey: string | null;
}

/** Binds and checks everything a planned node is run with. Run and preflight take the same.
 * @param outputsOf outputs of an earlier node by plan position.
 * @throws ModuleError `INPUT_MISSING`, `INPUT_INVALID`, `PARAMS_INVALID` */
export function readyNode(
  module: ProductionModule,
  planned: PlannedNode,
  outputsOf: (idx: number) => PortValues | null | undefined,
  entry: JsonObject | null,
): ReadyNode {
  const bound = boundInputs(planned, module, outputsOf, entry);
  const inputs = checkInputs(module, bound);
  const params = parse(
    strictParams(module).safeParse(planned.params),
    'PARAMS_INVALID',
    'The settings of this step are not valid',
    '/params',
  );
  const isPure = planned.determinism === 'pure';
  return { inputs, params, cacheKey: isPure ? cacheKey(module, planned.params, comparable(module, bound)) : null };
}

/** What can be told already of what a planned node's result is kept under.
 * @param outputsOf outputs of an earlier node by plan position; null: not known yet. */
export function knownIdentity(
  module: ProductionModule,
  planned: PlannedNode,
  outputsOf: (idx: number) => PortValues | null,
  entry: JsonObject,
): Identity {
  const isKnown = (binding: Binding) => binding.from === 'entry' || outputsOf(binding.idx) !== null;
  const all = Object.entries(planned.bindings);
  const known = all.filter(([, bindings]) => bindings.every(isKnown));
  const bound = boundInputs({ ...planned, bindings: Object.fromEntries(known) }, module, outputsOf, entry);
  const open = all.filter(([, bindings]) => !bindings.every(isKnown)).map(([port]) => port);
  return { ...cacheKeyParts(module, planned.params, comparable(module, bound)), open };
}

const strict = new WeakMap<ProductionModule, z.ZodType<Record<string, unknown>>>();

/** The module's params, unknown names refused; made once, since Zod compiles every new schema at its first use. */
function strictParams(module: ProductionModule): z.ZodType<Record<string, unknown>> {
  const known = strict.get(module) ?? module.params.strict();
  strict.set(module, known);
  return known;
}

function checkInputs(module: ProductionModule, bound: Record<string, PortValue[]>): Record<string, unknown> {
  const inputs: Record<string, unknown> = {};
  for (const [name, port] of Object.entries(module.inputs)) {
    const values = (bound[name] ?? []).map((value) => inputValue(name, port, value));
    if (port.many) inputs[name] = values;
    else if (values.length > 0) inputs[name] = values[0];
    if (port.required && values.length === 0)
      throw new ModuleError('INPUT_MISSING', `Nothing arrived at the input "${name}".`, 'input', { port: name });
  }
  return inputs;
}

function inputValue(name: string, port: Port, value: PortValue): unknown {
  if (port.kind === 'artifact') {
    if ('artifact' in value && port.roles.includes(value.artifact.role)) return value.artifact;
    throw new ModuleError(
      'INPUT_INVALID',
      `The input "${name}" needs a file of the kind ${port.roles.join(' or ')}.`,
      'input',
      { port: name },
    );
  }
  return parse(
    port.schema.safeParse('data' in value ? value.data : undefined),
    'INPUT_INVALID',
    `The input "${name}" does not fit`,
    `/inputs/${name}`,
  );
}

/** A module's results as they are stored.
 * @throws Error where they are not what its contract says: a mistake in the module. */
export function checkOutputs(
  module: ProductionModule,
  values: Awaited<ReturnType<ProductionModule['run']>>,
): PortValues {
  const outputs: PortValues = {};
  for (const [name, port] of Object.entries(module.outputs)) {
    const value = values[name];
    if (value === undefined) {
      if (port.required) throw new Error(`${module.key} did not yield its output "${name}".`);
      continue;
    }
    if (!port.many) outputs[name] = outputValue(module, name, port, value);
    else if (Array.isArray(value)) outputs[name] = value.map((item) => outputValue(module, name, port, item));
    else throw new Error(`${module.key} yielded no list at "${name}".`);
  }
  return outputs;
}

function outputValue(module: ProductionModule, name: string, port: Port, value: unknown): PortValue {
  if (port.kind === 'data') return { data: port.schema.parse(value) as JsonValue };
  const artifact = value as ArtifactRef;
  if (!port.roles.includes(artifact.role)) throw new Error(`${module.key} yielded a ${artifact.role} at "${name}".`);
  return { artifact };
}

/** Inputs as the cache sees them: single ports as one value, `many` ports as lists. */
function comparable(module: ProductionModule, bound: Record<string, PortValue[]>): Record<string, InputValue> {
  const plain = (value: PortValue) => ('artifact' in value ? value.artifact : value.data);
  return Object.fromEntries(
    Object.entries(bound).map(([port, values]) => [
      port,
      module.inputs[port]?.many ? values.map(plain) : values.map(plain)[0],
    ]),
  );
}

function parse<T>(
  parsed:
    | { success: true; data: T }
    | { success: false; error: { issues: { path: PropertyKey[]; message: string }[] } },
  code: string,
  sentence: string,
  pointer: string,
): T {
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path: at, message }) => ({
    path: [pointer, ...at.map(String)].join('/'),
    message,
  }));
  throw new ModuleError(code, `${sentence}: ${issues[0]?.message}`, 'input', { issues });
}
