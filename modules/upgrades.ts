import type { JsonObject, JsonValue } from './json.js';

/** One difference between the params of a module version and those of the next. Each takes named params away and says what became
 * of them, so that no value can be lost without a reason. */
export type ParamChange =
  | { kind: 'renamed'; from: string; to: string }
  | { kind: 'removed'; param: string; reason: string }
  | {
      kind: 'converted';
      from: readonly string[];
      /** @param values those of `from` that are set, at least one; of any type, since drafts may hold mistakes.
       * @returns the params that take their place; none (or an exception): they cannot be converted. */
      convert(values: JsonObject): JsonObject | null;
      /** Why values may be impossible to convert, for people. */
      otherwise: string;
    };

/** By module version: the changes that lead to the next one. A version without an entry left the params as they were. */
export type Upgrades = Readonly<Record<number, readonly ParamChange[]>>;

/** The same value under another name. */
export const renamed = (from: string, to: string): ParamChange => ({ kind: 'renamed', from, to });

/** Nothing takes the param's place. `reason` is the rest of a sentence: "the new light needs no strength". */
export const removed = (param: string, reason: string): ParamChange => ({ kind: 'removed', param, reason });

/** One or several params become others, or the same ones in another unit. */
export const converted = (
  from: string | readonly string[],
  convert: (values: JsonObject) => JsonObject | null,
  otherwise: string,
): ParamChange => ({ kind: 'converted', from: [from].flat(), convert, otherwise });

export interface DroppedParam {
  /** Its name in the version it was written for. */
  param: string;
  /** The rest of a sentence. */
  reason: string;
  /** Whether the rest of it became something else. */
  isPart: boolean;
}

export interface UpgradedParams {
  params: JsonObject;
  /** For every new name: the old names whose values are in it. What is neither here nor in `dropped` was never set; what went in part
   * is in both. */
  origins: Record<string, string[]>;
  dropped: DroppedParam[];
}

type Drop = (origins: readonly string[], reason: string, isPart?: boolean) => void;

interface Held {
  value: JsonValue;
  origins: string[];
}

/** Brings params written for module version `from` to the module's own. Total: any JSON in, and every value out again or in `dropped`. */
export function upgradeParams(
  module: { version: number; upgrades: Upgrades },
  params: JsonObject,
  from: number,
): UpgradedParams {
  const held = new Map(
    Object.entries(params).map(([name, value]): [string, Held] => [name, { value, origins: [name] }]),
  );
  const dropped: DroppedParam[] = [];
  const drop: Drop = (origins, reason, isPart = false) => {
    for (const param of origins) dropped.push({ param, reason, isPart });
  };
  for (let version = from; version < module.version; version++)
    for (const change of module.upgrades[version] ?? []) applyChange(change, held, drop);
  return {
    params: Object.fromEntries([...held].map(([name, { value }]) => [name, value])),
    origins: Object.fromEntries([...held].map(([name, { origins }]) => [name, origins])),
    dropped,
  };
}

function applyChange(change: ParamChange, held: Map<string, Held>, drop: Drop): void {
  const from = change.kind === 'converted' ? change.from : [change.kind === 'renamed' ? change.from : change.param];
  const taken = from.flatMap((name) => {
    const one = held.get(name);
    held.delete(name);
    return one ? [{ name, ...one }] : [];
  });
  if (taken.length === 0) return;
  const origins = [...new Set(taken.flatMap((one) => one.origins))];
  if (change.kind === 'removed') {
    drop(origins, change.reason);
    return;
  }
  const given = change.kind === 'renamed' ? { [change.to]: taken[0]!.value } : convert(change, taken);
  // What stands under a new name already was set there on purpose.
  const occupied = Object.keys(given).filter((name) => held.has(name));
  const free = Object.entries(given).filter(([name]) => !held.has(name));
  for (const [name, value] of free) held.set(name, { value, origins });
  if (occupied.length > 0)
    drop(origins, `${quoted(occupied)} ${occupied.length === 1 ? 'is' : 'are'} set as well`, free.length > 0);
  else if (free.length === 0) drop(origins, change.kind === 'converted' ? change.otherwise : '');
}

const quoted = (names: readonly string[]) => names.map((name) => `“${name}”`).join(' and ');

/** An old draft may hold values that never were valid; what a conversion cannot take is reported, whatever it throws. */
function convert(
  change: Extract<ParamChange, { kind: 'converted' }>,
  taken: readonly { name: string; value: JsonValue }[],
): JsonObject {
  try {
    return change.convert(Object.fromEntries(taken.map(({ name, value }) => [name, structuredClone(value)]))) ?? {};
  } catch {
    return {};
  }
}
