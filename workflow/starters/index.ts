import type { Family } from '../../modules/define.js';
import { WorkflowGraph } from '../graph.js';
import cadIntake from './cad_intake.json' with { type: 'json' };
import orderAll from './order_all.json' with { type: 'json' };
import orderBlend from './order_blend.json' with { type: 'json' };
import orderStill from './order_still.json' with { type: 'json' };
import orderTurntable from './order_turntable.json' with { type: 'json' };

/** A complete workflow to begin with: seed data, test input and demo at once. */
export interface Starter {
  /** Stable; families name it. Also the name of the file. */
  key: string;
  name: string;
  description: string;
  family: Family;
  graph: WorkflowGraph;
}

function starter({
  key,
  name,
  description,
  graph: json,
}: Pick<Starter, 'key' | 'name' | 'description'> & { graph: unknown }): Starter {
  const graph = WorkflowGraph.parse(json);
  return { key, name, description, family: graph.family, graph };
}

/** Every starter workflow. To add one: write its file, add a line here and in the family (workflow/families.ts). */
export const STARTERS: readonly Starter[] = [
  starter(cadIntake),
  starter(orderStill),
  starter(orderTurntable),
  starter(orderBlend),
  starter(orderAll),
];
