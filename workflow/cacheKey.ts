import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { ArtifactRef } from '../modules/artifacts.js';
import type { ProductionModule } from '../modules/define.js';
import type { JsonValue } from '../modules/json.js';
import type { NodeParams } from './graph.js';

/** What may be bound to an input port; lists on `many` ports. */
export type InputValue = ArtifactRef | JsonValue | readonly (ArtifactRef | JsonValue)[] | undefined;

/** What of a result's identity is known: all of it, or some of the inputs. */
export interface CacheKeyParts {
  /** Of module key and version and effective params. */
  work: string;
  /** Of every input that counts, `<port>:<hash>`, in a fixed order. */
  inputs: string[];
}

type Keyed = Pick<ProductionModule, 'key' | 'version' | 'inputs'>;

/** The identity of a pure module's result: same key, same outputs.
 * Counts module key and version, effective params, and inputs. An artifact counts as what it is for and what is in it
 * (role, sha-256, media type), never by its id, name or metadata; data counts as itself; an unbound input like an absent one.
 * Whether a value is an artifact is told by the module's own ports, so data that looks like an artifact is still data.
 * It is made of parts, so that results can be found of which some inputs are not known yet: `<work>,<port>:<hash>,…`. */
export function cacheKey(module: Keyed, params: NodeParams, inputs: Readonly<Record<string, InputValue>>): string {
  const { work, inputs: counted } = cacheKeyParts(module, params, inputs);
  return [work, ...counted].join(',');
}

/** @param inputs those that are known. */
export function cacheKeyParts(
  module: Keyed,
  params: NodeParams,
  inputs: Readonly<Record<string, InputValue>>,
): CacheKeyParts {
  const counted = Object.entries(inputs).flatMap(([port, value]) => {
    if (value === undefined) return [];
    const isArtifact = Object.hasOwn(module.inputs, port) && module.inputs[port]!.kind === 'artifact';
    const identity = isArtifact ? artifactIdentity(value as ArtifactRef | ArtifactRef[]) : value;
    return [`${encodeURIComponent(port)}:${shortHash(identity)}`];
  });
  const { key, version } = module;
  return { work: shortHash({ module: key, version, params }), inputs: counted.sort() };
}

function artifactIdentity(value: ArtifactRef | readonly ArtifactRef[]): unknown {
  if (Array.isArray(value)) return value.map(artifactIdentity);
  const { role, sha256, mediaType } = value as ArtifactRef;
  return { role, sha256, mediaType };
}

/** 192 bits of the sha-256 of the value's canonical JSON, in 32 characters. */
function shortHash(value: unknown): string {
  return createHash('sha256').update(canonicalize(value)!).digest().subarray(0, 24).toString('base64url');
}
