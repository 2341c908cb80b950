import type { PortValue } from '../../runtime/runs/nodeInputs.js';
import { builder } from '../builder.js';
import { ArtifactNode } from './artifact.js';

export interface PortValueShape {
  port: string;
  value: PortValue;
}

/** One entry per value: a port of many gives several. */
export function portValues(byPort: Record<string, PortValue | PortValue[]>): PortValueShape[] {
  return Object.entries(byPort).flatMap(([port, values]) => [values].flat().map((value) => ({ port, value })));
}

export const PortValueObject = builder.objectRef<PortValueShape>('PortValue').implement({
  description: 'What was bound to an input port, or came out of an output port: an artifact or JSON data.',
  fields: (t) => ({
    port: t.exposeString('port', {
      description: 'Name of the port. A port of many values comes several times, in their order.',
    }),
    artifact: t.field({
      type: ArtifactNode,
      nullable: true,
      description: 'The file, on artifact ports.',
      resolve: ({ value }, _args, ctx) => ('artifact' in value ? ctx.loaders.artifact(value.artifact.id) : null),
    }),
    data: t.field({
      type: 'JSON',
      nullable: true,
      description: 'The data, on data ports.',
      resolve: ({ value }) => ('data' in value ? value.data : null),
    }),
  }),
});
