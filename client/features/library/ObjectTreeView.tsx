import { useMemo, useState } from 'react';
import { Button, IconButton } from '../../components/Button.js';
import { Icon } from '../../components/Icon.js';
import type { ObjectNode, ObjectTree } from './useObjectTree.js';

/** Children shown at first, and more with each click: assemblies may have thousands. */
const PAGE = 100;

interface Chosen {
  chosen: ObjectNode | null;
  onChoose: (node: ObjectNode | null) => void;
  colorOf: (node: ObjectNode) => string | null | undefined;
}

function Branch({ node, isOpenAtFirst, ...choice }: Chosen & { node: ObjectNode; isOpenAtFirst: boolean }) {
  const { chosen, onChoose, colorOf } = choice;
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  const [shown, setShown] = useState(PAGE);
  const name = node.instanceName ?? node.name;
  const color = colorOf(node);
  return (
    <li>
      <div className="object-row">
        {node.children.length > 0 ? (
          <IconButton
            icon={isOpen ? 'chevronDown' : 'chevronRight'}
            label={`${isOpen ? 'Fold' : 'Unfold'} ${name}`}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          />
        ) : (
          <span className="object-leaf" />
        )}
        <button
          type="button"
          className="object-name"
          aria-pressed={node === chosen}
          title={name}
          onClick={() => onChoose(node === chosen ? null : node)}
        >
          {node.kind === 'assembly' ? (
            <Icon name="layers" size={14} />
          ) : (
            <span className="swatch" style={color ? { background: color } : undefined} />
          )}
          <span className="truncate">{name}</span>
          {node.children.length > 0 && <span className="muted numeric">{node.children.length}</span>}
        </button>
      </div>
      {isOpen && node.children.length > 0 && (
        <ul>
          {node.children.slice(0, shown).map((child) => (
            <Branch key={child.objectId} node={child} isOpenAtFirst={false} {...choice} />
          ))}
          {node.children.length > shown && (
            <li>
              <Button look="quiet" onClick={() => setShown(shown + PAGE)}>
                {node.children.length - shown} more
              </Button>
            </li>
          )}
        </ul>
      )}
    </li>
  );
}

/** What a CAD file is made of, as it is nested in the file. */
export function ObjectTreeView({
  tree,
  chosen,
  onChoose,
}: {
  tree: ObjectTree;
  chosen: ObjectNode | null;
  onChoose: (node: ObjectNode | null) => void;
}) {
  const colors = useMemo(() => new Map(tree.parts.map(({ partId, color }) => [partId, color])), [tree]);
  return (
    <ul className="object-tree" aria-label="Objects">
      {tree.roots.map((root) => (
        <Branch
          key={root.objectId}
          node={root}
          isOpenAtFirst
          chosen={chosen}
          onChoose={onChoose}
          colorOf={(node) => node.color ?? (node.partId === null ? null : colors.get(node.partId))}
        />
      ))}
    </ul>
  );
}
