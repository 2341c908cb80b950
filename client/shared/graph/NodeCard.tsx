import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { memo } from 'react';
import { Icon, type IconName, isIconName } from '../../components/Icon.js';
import { Progress } from '../../components/Progress.js';
import type { GraphDefinitionFragment } from '../../gql/graphql.js';
import { StatusBadge, type StatusLook } from '../status.js';
import { Thumb } from '../Thumb.js';

/** What is shown on a node beside its name: a state, how far it is, a word. */
export interface NodeOverlay {
  look?: StatusLook;
  /** 0..1, drawn while the node runs. */
  progress?: number;
  note?: string;
  /** A small picture of what came out of it. */
  picture?: { thumbnailUrl: string | null; mediaType: string };
  /** What is said of a state that is not that of this graph any more. */
  staleness?: string;
  problem?: 'error' | 'warning';
}

export interface CardData extends Record<string, unknown> {
  label: string;
  step: string;
  definition?: GraphDefinitionFragment;
  /** Port names that edges use though the definition is unknown. */
  looseInputs: string[];
  looseOutputs: string[];
  overlay?: NodeOverlay;
}
export type CardNode = Node<CardData, 'card'>;

export const CARD_WIDTH = 216;

/** Height the card will have, for the layout before it is drawn. */
export function cardHeight(data: CardData): number {
  const rows = Math.max(
    (data.definition?.inputContract.length ?? 0) + data.looseInputs.length,
    (data.definition?.outputContract.length ?? 0) + data.looseOutputs.length,
  );
  return 40 + rows * 20 + 8 + (data.overlay ? 34 : 0);
}

const CATEGORY_ICONS: Record<string, IconName> = {
  cad: 'box',
  materials: 'palette',
  render: 'camera',
  output: 'send',
  own: 'cube',
};

/** The sign of a node definition; unknown names fall back to that of its category. */
export function definitionIcon(definition: { icon: string; category: string } | undefined): IconName {
  if (!definition) return 'alert';
  return isIconName(definition.icon) ? definition.icon : (CATEGORY_ICONS[definition.category] ?? 'flow');
}

const hint = (port: { description: string; roles: string[] }) =>
  port.roles.length > 0 ? `${port.description} (${port.roles.join(', ')})` : port.description;

export const NodeCard = memo(function NodeCard({ data, selected }: NodeProps<CardNode>) {
  const { definition, overlay } = data;
  return (
    <div
      className={`node-card category-${definition?.category ?? 'unknown'} ${selected ? 'is-selected' : ''} ${
        overlay?.look ? `tone-${overlay.look.tone}` : ''
      } ${overlay?.staleness ? 'is-stale' : ''} ${overlay?.problem ? `has-${overlay.problem}` : ''}`}
    >
      <div className="node-head">
        <span className="node-icon">
          <Icon name={definitionIcon(definition)} size={15} />
        </span>
        <span className="node-title truncate" title={data.label}>
          {data.label}
        </span>
        {overlay?.problem && (
          <span className={`node-problem tone-${overlay.problem === 'error' ? 'bad' : 'warn'}`}>
            <Icon name="alert" size={14} />
          </span>
        )}
      </div>
      <div className="node-ports">
        <ul>
          {definition?.inputContract.map((port) => (
            <li key={port.name} className="port port-in" title={hint(port)}>
              <Handle type="target" id={port.name} position={Position.Left} className={`handle kind-${port.kind}`} />
              <span className="truncate">
                {port.name}
                {port.entrySlot && <span className="port-entry"> · entry</span>}
              </span>
            </li>
          ))}
          {data.looseInputs.map((name) => (
            <li key={name} className="port port-in">
              <Handle type="target" id={name} position={Position.Left} className="handle" />
              <span className="truncate">{name}</span>
            </li>
          ))}
        </ul>
        <ul>
          {definition?.outputContract.map((port) => (
            <li key={port.name} className="port port-out" title={hint(port)}>
              <span className="truncate">{port.name}</span>
              <Handle type="source" id={port.name} position={Position.Right} className={`handle kind-${port.kind}`} />
            </li>
          ))}
          {data.looseOutputs.map((name) => (
            <li key={name} className="port port-out">
              <span className="truncate">{name}</span>
              <Handle type="source" id={name} position={Position.Right} className="handle" />
            </li>
          ))}
        </ul>
      </div>
      {(overlay?.look || overlay?.note || overlay?.staleness) && (
        <div className={`node-foot ${overlay.picture ? 'has-picture' : ''}`}>
          {overlay.picture && <Thumb file={overlay.picture} />}
          {overlay.look && <StatusBadge look={overlay.look} />}
          {overlay.staleness ? (
            <span className="node-note truncate tone-warn">{overlay.staleness}</span>
          ) : (
            overlay.note && (
              <span className="node-note truncate numeric" title={overlay.note}>
                {overlay.note}
              </span>
            )
          )}
          {overlay.progress !== undefined && <Progress value={overlay.progress} label={`Progress of ${data.label}`} />}
        </div>
      )}
    </div>
  );
});
