import type { PortContract } from '../modules/define.js';
import { isAssignable } from './assignability.js';
import type { NodeDefinition } from './nodeDefinition.js';

/** Whether an output may be connected to an input, and if not, why. */
export type LinkVerdict = { ok: true } | { ok: false; reason: string };

const OK: LinkVerdict = { ok: true };
const no = (reason: string): LinkVerdict => ({ ok: false, reason });

/** Contracts are made once per module and never change, so a verdict holds as long as they live. */
const verdicts = new WeakMap<PortContract, WeakMap<PortContract, LinkVerdict>>();

/** The one rule of what may be connected; editor, API and validation all ask it. An output of many only fits an input of many.
 * Artifact ports need a role and a media type in common, data ports a schema that surely fits (`isAssignable`).
 * How many edges an input takes is not its concern. */
export function canLink(from: PortContract, to: PortContract): LinkVerdict {
  const known = verdicts.get(from) ?? new WeakMap<PortContract, LinkVerdict>();
  verdicts.set(from, known);
  const verdict = known.get(to) ?? judge(from, to);
  known.set(to, verdict);
  return verdict;
}

function judge(from: PortContract, to: PortContract): LinkVerdict {
  if (from.many && !to.many) return no('the output is a list, the input takes one');
  if (from.kind === 'data' && to.kind === 'data') {
    return isAssignable(from.schema, to.schema) ? OK : no('the data has another shape than the input takes');
  }
  if (from.kind === 'data') return no('the output is data, the input takes a file');
  if (to.kind === 'data') return no('the output is a file, the input takes data');
  if (!from.roles.some((role) => to.roles.includes(role))) {
    return no(`the output is ${orList(from.roles)}, the input takes ${orList(to.roles)}`);
  }
  if (!from.mediaTypes.some((type) => to.mediaTypes.some((accepted) => sharesMediaType(type, accepted)))) {
    return no(`the file is ${orList(from.mediaTypes)}, the input takes ${orList(to.mediaTypes)}`);
  }
  return OK;
}

const orList = (names: readonly string[]) => names.join(' or ');

/** Media types may be ranges: `image/*`. */
function sharesMediaType(a: string, b: string): boolean {
  const [typeA, subtypeA] = a.toLowerCase().split('/');
  const [typeB, subtypeB] = b.toLowerCase().split('/');
  const meet = (x?: string, y?: string) => x === y || x === '*' || y === '*';
  return meet(typeA, typeB) && meet(subtypeA, subtypeB);
}

export interface LegalLink {
  from: { step: string; port: string };
  to: { step: string; port: string };
}

/** Every legal connection between the given definitions as data, for clients that judge while the user drags. */
export function legalLinks(definitions: readonly NodeDefinition[]): LegalLink[] {
  const ends = (side: 'inputContract' | 'outputContract') =>
    definitions.flatMap(({ step, module }) =>
      Object.entries(module[side]).map(([port, contract]) => ({ step, port, contract })),
    );
  const inputs = ends('inputContract');
  return ends('outputContract').flatMap((from) =>
    inputs
      .filter((to) => canLink(from.contract, to.contract).ok)
      .map((to) => ({ from: { step: from.step, port: from.port }, to: { step: to.step, port: to.port } })),
  );
}
