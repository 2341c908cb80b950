import { ModuleError } from '../errors.js';
import type { ProductStructure } from './productStructure.js';

export const MAX_INSTANCES = 50_000;
export const MAX_DEPTH = 60;

/** Counts what the structure unfolds to, without unfolding it: a few kilobytes of nested assemblies can stand for millions of parts.
 * @returns the number of occurrences of parts and assemblies.
 * @throws {ModuleError} `STEP_CYCLE`, `STEP_TOO_DEEP` or `STEP_TOO_MANY_INSTANCES`. */
export function countInstances(structure: ProductStructure): number {
  const counts = new Map<number, { instances: number; depth: number }>();
  const open = new Set<number>();

  const visit = (id: number): { instances: number; depth: number } => {
    const known = counts.get(id);
    if (known) return known;
    const definition = structure.definitions.get(id)!;
    if (open.has(id)) {
      throw new ModuleError('STEP_CYCLE', `The assembly "${definition.name}" contains itself.`, 'input', {
        product: definition.name,
      });
    }
    if (open.size > MAX_DEPTH) throw tooDeep();
    open.add(id);
    let instances = 1;
    let depth = 1;
    for (const usage of definition.usages) {
      const child = visit(usage.child);
      instances += child.instances;
      depth = Math.max(depth, child.depth + 1);
    }
    open.delete(id);
    if (depth > MAX_DEPTH) throw tooDeep();
    const count = { instances, depth };
    counts.set(id, count);
    return count;
  };

  // A cycle has no root, so definitions that no root reaches are visited too.
  const total = structure.roots.reduce((sum, root) => sum + visit(root).instances, 0);
  for (const definition of structure.definitions.values()) if (definition.usages.length > 0) visit(definition.id);
  if (total > MAX_INSTANCES) {
    throw new ModuleError(
      'STEP_TOO_MANY_INSTANCES',
      `The assembly unfolds to ${total.toLocaleString('en')} parts and sub-assemblies; at most ${MAX_INSTANCES.toLocaleString('en')} are possible. Please split the file or simplify it.`,
      'input',
      { instances: total, limit: MAX_INSTANCES },
    );
  }
  return total;
}

function tooDeep(): ModuleError {
  return new ModuleError('STEP_TOO_DEEP', `The assembly is nested more than ${MAX_DEPTH} levels deep.`, 'input', {
    limit: MAX_DEPTH,
  });
}
