import { type Ref, useState } from 'react';
import { Button, IconButton } from '../../components/Button.js';
import { Icon } from '../../components/Icon.js';
import type { GraphDefinitionFragment } from '../../gql/graphql.js';
import { STEP_DRAG } from '../../shared/graph/GraphCanvas.js';
import { definitionIcon } from '../../shared/graph/NodeCard.js';

export interface PaletteGroup {
  key: string;
  label: string;
  description: string;
}

/** Everything that may be placed in a workflow, by the groups of its family. A click adds, a drag places. */
export function Palette({
  groups,
  definitions,
  wanted,
  searchRef,
  onAdd,
  onForgetWanted,
  onClose,
}: {
  groups: readonly PaletteGroup[];
  definitions: readonly GraphDefinitionFragment[];
  /** Only kinds that fit a connection that was let go; null: all. */
  wanted: { port: string; steps: ReadonlySet<string> } | null;
  searchRef: Ref<HTMLInputElement>;
  onAdd: (step: string) => void;
  onForgetWanted: () => void;
  /** Where it lies over the graph. */
  onClose: () => void;
}) {
  const [text, setText] = useState('');
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = definitions.filter(({ step, label, description }) => {
    const all = `${label} ${step} ${description}`.toLowerCase();
    return (!wanted || wanted.steps.has(step)) && words.every((word) => all.includes(word));
  });
  const add = (step: string) => {
    setText('');
    onAdd(step);
    onClose();
  };
  return (
    <aside className="palette" aria-label="Palette">
      <div className="palette-search">
        <Icon name="search" size={14} />
        <input
          ref={searchRef}
          type="search"
          aria-label="Search the palette"
          placeholder="Add a node …"
          title="Press / to search, Enter to add the first"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && shown[0]) add(shown[0].step);
            if (event.key === 'Escape') {
              setText('');
              onForgetWanted();
              onClose();
              event.currentTarget.blur();
            }
          }}
        />
        <IconButton
          icon="close"
          label="Close the palette"
          className="palette-close"
          onClick={() => {
            onForgetWanted();
            onClose();
          }}
        />
      </div>
      {wanted && (
        <p className="palette-wanted">
          What goes with “{wanted.port}”
          <Button look="quiet" onClick={onForgetWanted}>
            Show all
          </Button>
        </p>
      )}
      {shown.length === 0 && (
        <p className="muted palette-none">
          {wanted && words.length === 0 ? 'Nothing goes with it.' : 'No node of that name.'}
        </p>
      )}
      {groups.map((group) => {
        const own = shown.filter(({ category }) => category === group.key);
        if (own.length === 0) return null;
        return (
          <section key={group.key} aria-label={group.label}>
            <h3 title={group.description}>{group.label}</h3>
            <ul>
              {own.map((definition) => (
                <li key={definition.step}>
                  <button
                    type="button"
                    className={`palette-item category-${definition.category}`}
                    aria-label={`Add ${definition.label}`}
                    title={definition.description}
                    draggable
                    onDragStart={(event) => {
                      event.dataTransfer.setData(STEP_DRAG, definition.step);
                      event.dataTransfer.effectAllowed = 'copy';
                    }}
                    onClick={() => add(definition.step)}
                  >
                    <span className="node-icon">
                      <Icon name={definitionIcon(definition)} size={15} />
                    </span>
                    <span className="truncate">{definition.label}</span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </aside>
  );
}
