import { z } from 'zod';
import type { ArtifactRef, ArtifactRole } from './artifacts.js';
import type { ModuleContext } from './context.js';
import type { EntrySlot } from './entry.js';
import { contentHash } from './hash.js';
import type { JsonObject, JsonSchema, JsonValue } from './json.js';
import type { Upgrades } from './upgrades.js';

export const FAMILIES = ['cad_file', 'order_line'] as const;
/** What a run is about: one CAD file, or one line of an order. */
export type Family = (typeof FAMILIES)[number];

export const CAPABILITIES = ['cpu', 'cad', 'blender', 'io'] as const;
/** What a worker must have to run a module; selects the queue. */
export type Capability = (typeof CAPABILITIES)[number];

interface PortBase<Required extends boolean, Many extends boolean> {
  description: string;
  required: Required;
  /** The value is a list. An input takes any number of edges, in edge order; an output may only be connected to an input that takes many. */
  many: Many;
  /** Bound to this slot of the run's entry when no edge binds the port. */
  entry?: EntrySlot;
}

export interface ArtifactPort<Required extends boolean = boolean, Many extends boolean = boolean>
  extends PortBase<Required, Many> {
  kind: 'artifact';
  /** An input takes any of these roles; an output yields one of them. */
  roles: readonly ArtifactRole[];
  mediaTypes: readonly string[];
}

export interface DataPort<
  S extends z.ZodType = z.ZodType,
  Required extends boolean = boolean,
  Many extends boolean = boolean,
> extends PortBase<Required, Many> {
  kind: 'data';
  schema: S;
}

export type Port = ArtifactPort | DataPort;
export type Ports = Record<string, Port>;

interface PortOptions {
  description: string;
  /** Default true. */
  required?: boolean;
  /** Default false. */
  many?: boolean;
  entry?: EntrySlot;
}
type IsRequired<O extends PortOptions> = O['required'] extends false ? false : true;
type IsMany<O extends PortOptions> = O['many'] extends true ? true : false;

/** A port that carries an artifact of one of `roles` in one of `mediaTypes`. */
export function artifactPort<const O extends PortOptions>(
  roles: ArtifactRole | readonly ArtifactRole[],
  mediaTypes: string | readonly string[],
  options: O,
): ArtifactPort<IsRequired<O>, IsMany<O>> {
  return {
    kind: 'artifact',
    roles: [roles].flat(),
    mediaTypes: [mediaTypes].flat(),
    description: options.description,
    entry: options.entry,
    required: (options.required ?? true) as IsRequired<O>,
    many: (options.many ?? false) as IsMany<O>,
  };
}

/** A port that carries JSON which fits `schema`. */
export function dataPort<S extends z.ZodType, const O extends PortOptions>(
  schema: S,
  options: O,
): DataPort<S, IsRequired<O>, IsMany<O>> {
  return {
    kind: 'data',
    schema,
    description: options.description,
    entry: options.entry,
    required: (options.required ?? true) as IsRequired<O>,
    many: (options.many ?? false) as IsMany<O>,
  };
}

type OneValue<P> = P extends ArtifactPort ? ArtifactRef : P extends DataPort<infer S> ? z.output<S> : never;
type PortValue<P> = P extends { many: true } ? OneValue<P>[] : OneValue<P>;
type RequiredKeys<P extends Ports> = { [K in keyof P]: P[K] extends { required: true } ? K : never }[keyof P];
export type PortValues<P extends Ports> = { [K in RequiredKeys<P>]: PortValue<P[K]> } & {
  [K in Exclude<keyof P, RequiredKeys<P>>]?: PortValue<P[K]>;
};

export interface ModuleExecution {
  capability: Capability;
  /** `pure`: same inputs and params give the same outputs, so results are cached. `volatile`: leaves no trace either, but its result is of
   * the moment, or quicker to make than to look up, and is not kept. `effect`: acts on the world, once per idempotency key, and only when all
   * it depends on is on record. */
  determinism: 'pure' | 'volatile' | 'effect';
  timeoutMs: number;
  retry: { attempts: number; backoffMs: number };
}

/** One share of a node's work. */
export interface Part {
  /** What people call it, for example "Frames 5–8". */
  label: string;
  /** How much of the node's work it is, in units; weighs its progress. */
  size: number;
  /** Params of the part module, complete. */
  params: JsonObject;
}

/** How the work of one node is shared out. When a run is planned, the node becomes several part nodes, which any worker may take, and
 * itself, which runs when all of them have succeeded. Each part is retried, timed out, cancelled and cached for itself, with the
 * node's own policy. The module must be able to do all the work alone: a node is not shared out when there is one part only, or when
 * `into` is connected in the graph, and a module that is called directly never is. */
export interface FanOut {
  /** Runs once for every part. Its inputs are inputs of this module of the same name, bound alike. */
  module: ProductionModule;
  /** The parts' output that is collected, … */
  from: string;
  /** … and this module's optional `many` input that gets the parts' values, in the order of the parts. */
  into: string;
  /** What parts are measured in, for people, in the plural: "frames". */
  unit: string;
  /** @param params the effective params of the node: complete and valid. */
  parts(params: Record<string, unknown>): Part[];
}

export interface ModuleSpec<I extends Ports, O extends Ports, P extends z.ZodObject> {
  /** `<group>.<name>`, also the path of its file. */
  key: string;
  /** Raise it when the same inputs and params would give other outputs, or when params change; it is part of the cache key.
   * A new optional param needs no new version. */
  version: number;
  /** Needed when a version renames, removes or reinterprets params: what becomes of those that graphs were stored with. */
  upgrades?: Upgrades;
  title: string;
  description: string;
  families: readonly Family[];
  inputs: I;
  outputs: O;
  params: P;
  execution: ModuleExecution;
  /** The step of the old pipeline this replaces, or null. */
  legacySource: string | null;
  /** Lets several workers share the work of one node. */
  fanOut?: FanOut;
  /** Output → input whose very file it hands on, if the module does not fail: so a preflight knows it before the run. */
  handsOn?: { readonly [port in keyof O]?: keyof I & string };
  run(ctx: ModuleContext, inputs: PortValues<I>, params: z.output<P>): Promise<PortValues<O>>;
}

/** A port as editors and partners see it. */
interface PortContractBase {
  required: boolean;
  many: boolean;
  entry: EntrySlot | null;
  description: string;
}
export type PortContract = PortContractBase &
  ({ kind: 'artifact'; roles: ArtifactRole[]; mediaTypes: string[] } | { kind: 'data'; schema: JsonSchema });
export type Contract = Record<string, PortContract>;

/** A production module with everything that follows from its declaration. */
export interface ProductionModule {
  readonly key: string;
  readonly version: number;
  readonly title: string;
  readonly description: string;
  readonly families: readonly Family[];
  readonly inputs: Ports;
  readonly outputs: Ports;
  readonly params: z.ZodObject;
  readonly execution: ModuleExecution;
  readonly legacySource: string | null;
  readonly fanOut?: FanOut;
  readonly handsOn?: Readonly<Record<string, string | undefined>>;
  readonly upgrades: Upgrades;
  readonly inputContract: Contract;
  readonly outputContract: Contract;
  /** Draft-7 JSON Schema of the params; fields with defaults are optional. */
  readonly paramSchema: JsonSchema;
  readonly defaults: JsonObject;
  readonly artifactRolesConsumed: readonly ArtifactRole[];
  readonly artifactRolesProduced: readonly ArtifactRole[];
  /** sha-256 of everything above but what a program does: the same in every process, another one as soon as the contract changes. */
  readonly etag: string;
  run(
    ctx: ModuleContext,
    inputs: Record<string, unknown>,
    params: Record<string, unknown>,
  ): Promise<Record<string, ArtifactRef | readonly ArtifactRef[] | JsonValue | undefined>>;
}

/** Draft-7 JSON Schema as form generators want it: literal unions as titled `oneOf`, no `$schema` line. */
export function toJsonSchema(schema: z.ZodType): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema }) => {
      if (jsonSchema.anyOf?.every((option) => typeof option === 'object' && option.const !== undefined)) {
        jsonSchema.oneOf = jsonSchema.anyOf;
        delete jsonSchema.anyOf;
        jsonSchema.type ??= typeof (jsonSchema.oneOf[0] as { const: unknown }).const as 'string' | 'number';
      }
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
    },
  });
  return rest as JsonSchema;
}

function contractOf(ports: Ports): Contract {
  return Object.fromEntries(
    Object.entries(ports).map(([name, port]) => {
      const base = {
        required: port.required,
        many: port.many,
        entry: port.entry ?? null,
        description: port.description,
      };
      return [
        name,
        port.kind === 'artifact'
          ? { kind: port.kind, roles: [...port.roles], mediaTypes: [...port.mediaTypes], ...base }
          : { kind: port.kind, schema: toJsonSchema(port.schema), ...base },
      ];
    }),
  );
}

function rolesOf(ports: Ports): ArtifactRole[] {
  return [...new Set(Object.values(ports).flatMap((port) => (port.kind === 'artifact' ? port.roles : [])))];
}

/** What a plan relies on when it binds the parts and gathers what they yield. */
function checkFanOut(key: string, inputs: Ports, fanOut: FanOut): void {
  const { module: part, from, into } = fanOut;
  const strangers = Object.keys(part.inputs).filter((port) => !Object.hasOwn(inputs, port));
  if (strangers.length > 0) throw new Error(`${key} has no inputs ${strangers.join(', ')} to hand on to ${part.key}.`);
  if (!part.outputs[from]) throw new Error(`${part.key} has no output "${from}" for ${key}.`);
  if (!inputs[into]?.many || inputs[into].required)
    throw new Error(`The input "${into}" of ${key} must be an optional one that takes many.`);
}

/** What others rely on, as JSON. Of upgrades it counts what they do to which params. */
function contractEtag(module: Omit<ProductionModule, 'etag' | 'run'>): string {
  const { key, version, title, description, families, execution, legacySource, upgrades, fanOut, handsOn } = module;
  const { inputContract, outputContract, paramSchema, defaults } = module;
  return contentHash({
    key,
    version,
    title,
    description,
    families,
    execution,
    legacySource,
    inputContract,
    outputContract,
    paramSchema,
    defaults,
    upgrades: JSON.parse(JSON.stringify(upgrades)),
    fanOut: fanOut && { module: fanOut.module.etag, from: fanOut.from, into: fanOut.into, unit: fanOut.unit },
    handsOn,
  });
}

/** Declares a production module. Contracts, param schema, defaults, roles and etag are derived, never written twice.
 * Every param must have a default or be optional, so that a freshly placed node is valid.
 * @throws {Error} when the version is no whole number from 1, or upgrades lead from versions that came not before it. */
export function defineModule<const I extends Ports, const O extends Ports, P extends z.ZodObject>(
  spec: ModuleSpec<I, O, P>,
): ProductionModule & { readonly spec: ModuleSpec<I, O, P> } {
  const { upgrades = {} } = spec;
  if (spec.fanOut) checkFanOut(spec.key, spec.inputs, spec.fanOut);
  if (!Number.isSafeInteger(spec.version) || spec.version < 1)
    throw new Error(`The version of ${spec.key} must be a whole number from 1.`);
  const stray = Object.keys(upgrades).find((from) => !(Number(from) >= 1 && Number(from) < spec.version));
  if (stray !== undefined)
    throw new Error(`${spec.key} is at version ${spec.version}; an upgrade from version ${stray} leads nowhere.`);
  const derived = {
    ...spec,
    spec,
    upgrades,
    inputContract: contractOf(spec.inputs),
    outputContract: contractOf(spec.outputs),
    paramSchema: toJsonSchema(spec.params),
    defaults: JSON.parse(JSON.stringify(spec.params.parse({}))) as JsonObject,
    artifactRolesConsumed: rolesOf(spec.inputs),
    artifactRolesProduced: rolesOf(spec.outputs),
  };
  return { ...derived, etag: contractEtag(derived), run: spec.run as unknown as ProductionModule['run'] };
}
