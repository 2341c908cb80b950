import type { ArtifactRef } from '../../modules/artifacts.js';
import type { Checkpoints } from '../../modules/context.js';

/** Checkpoints for callers that run a module once and for themselves: they live as long as this object. */
export class MemoryCheckpoints implements Checkpoints {
  private readonly kept = new Map<string, ArtifactRef>();

  async get(name: string): Promise<ArtifactRef | null> {
    return this.kept.get(name) ?? null;
  }

  async put(name: string, artifact: ArtifactRef): Promise<void> {
    this.kept.set(name, artifact);
  }
}
