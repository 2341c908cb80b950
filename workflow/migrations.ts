import type { JsonObject } from '../modules/json.js';
import type { Finding } from './finding.js';
import { GRAPH_FORMAT } from './graph.js';

/** Brings a stored graph from one format to the next. */
export interface GraphMigration {
  /** The format it reads; it writes `from + 1`. */
  from: number;
  /** What changed, one sentence. */
  change: string;
  /** Pure; must cope with any graph that was valid in its format. Sets `format` itself. */
  migrate(graph: JsonObject): JsonObject;
}

/** One entry for every format below GRAPH_FORMAT, oldest first. Entries are never changed once released. */
export const MIGRATIONS: readonly GraphMigration[] = [];

/** Brings stored JSON up to GRAPH_FORMAT. Findings say why it cannot be done. */
export function migrateGraph(
  stored: JsonObject,
  migrations: readonly GraphMigration[] = MIGRATIONS,
  target: number = GRAPH_FORMAT,
): { graph?: JsonObject; findings: Finding[] } {
  const finding = formatFinding(stored, target);
  if (finding) return { findings: [finding] };
  let graph = stored;
  while (graph.format !== target) {
    const step = migrations.find(({ from }) => from === graph.format);
    if (!step) throw new Error(`There is no migration from graph format ${String(graph.format)}.`);
    graph = step.migrate(graph);
  }
  return { graph, findings: [] };
}

function formatFinding({ format }: JsonObject, target: number): Finding | undefined {
  const base = { severity: 'error', path: '/format' } as const;
  if (format === undefined) {
    return {
      ...base,
      code: 'GRAPH_FORMAT_MISSING',
      message: 'The workflow does not say which format it is in.',
      fix: { title: `Read it as format ${target}`, patch: [{ op: 'add', path: '/format', value: target }] },
    };
  }
  if (typeof format !== 'number' || !Number.isInteger(format) || format < 1) {
    return {
      ...base,
      code: 'GRAPH_FORMAT_UNKNOWN',
      message: `There is no workflow format ${JSON.stringify(format).slice(0, 40)}.`,
    };
  }
  if (format > target) {
    return {
      ...base,
      code: 'GRAPH_FORMAT_NEWER',
      message: `The workflow was saved by a newer HartOMat (format ${format}, this one reads up to ${target}). Update HartOMat to open it.`,
    };
  }
  return undefined;
}
