import type { ArtifactRef } from '../modules/artifacts.js';
import type { ProductionModule } from '../modules/define.js';
import { contentHash } from '../modules/hash.js';
import type { JsonValue } from '../modules/json.js';
import type { NodeParams } from './graph.js';

/** What may be bound to an input port; lists on `many` ports. */
export type InputValue = ArtifactRef | JsonValue | readonly (ArtifactRef | JsonValue)[] | undefined;

/** The identity of a pure module's result: same key, same outputs.
 * Counts module key and version, effective params, and inputs. An artifact counts as what it is for and what is in it
 * (role, sha-256, media type), never by its id, name or metadata; data counts as itself; an unbound input like an absent one.
 * Whether a value is an artifact is told by the module's own ports, so data that looks like an artifact is still data. */
export function cacheKey(
  module: Pick<ProductionModule, 'key' | 'version' | 'inputs'>,
  params: NodeParams,
  inputs: Readonly<Record<string, InputValue>>,
): string {
  const counted = Object.entries(inputs).map(([port, value]) => {
    const isArtifact = Object.hasOwn(module.inputs, port) && module.inputs[port]!.kind === 'artifact';
    return [port, isArtifact && value !== undefined ? artifactIdentity(value as ArtifactRef | ArtifactRef[]) : value];
  });
  return contentHash({
    module: module.key,
    version: module.version,
    params,
    inputs: Object.fromEntries(counted),
  });
}

function artifactIdentity(value: ArtifactRef | readonly ArtifactRef[]): unknown {
  if (Array.isArray(value)) return value.map(artifactIdentity);
  const { role, sha256, mediaType } = value as ArtifactRef;
  return { role, sha256, mediaType };
}
