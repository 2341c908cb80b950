import { Badge } from '../../components/Badge.js';
import { Button, IconButton } from '../../components/Button.js';
import type { Family } from '../../gql/graphql.js';
import { FamilyName } from '../../shared/families.js';
import { SaveNote } from './SaveNote.js';
import type { SaveState } from './useDraftSaving.js';

/** Name and state of the workflow that is edited, and what can be done with it. */
export function EditorBar({
  name,
  family,
  versionNumber,
  hasUnpublishedChanges,
  isReadOnly,
  isArchived,
  isDirty,
  saveState,
  isKept,
  undo,
  redo,
  onAdd,
  onTidy,
  onRemove,
  onAbout,
  onHistory,
  onShowRun,
  onSave,
  onPublish,
  onRun,
}: {
  name: string;
  family: Family;
  /** Null: never published. */
  versionNumber: number | null;
  hasUnpublishedChanges: boolean;
  /** Who looks may not change it. */
  isReadOnly: boolean;
  /** It was put away: it can be neither changed nor run until it is brought back. */
  isArchived: boolean;
  /** There are changes that are on their way to the server. */
  isDirty: boolean;
  saveState: SaveState;
  /** What is not saved is kept in this browser. */
  isKept: boolean;
  /** Null: there is nothing to undo. */
  undo: (() => void) | null;
  redo: (() => void) | null;
  /** Shows the palette, where there is no room for it beside the graph. */
  onAdd: () => void;
  onTidy: () => void;
  /** Null: nothing is chosen. */
  onRemove: (() => void) | null;
  /** Its name, its file, its archive. */
  onAbout: () => void;
  onHistory: () => void;
  /** Chooses a run to be shown over the graph. */
  onShowRun: () => void;
  onSave: () => void;
  onPublish: () => void;
  onRun: () => void;
}) {
  const differs = isDirty || hasUnpublishedChanges;
  return (
    <header className="editor-bar">
      <div className="editor-title">
        <div className="title-row">
          <h1 className="truncate">{name}</h1>
          <Badge tone="calm">
            <FamilyName family={family} />
          </Badge>
          {isArchived ? (
            <Badge tone="warn">Archived: read only</Badge>
          ) : (
            isReadOnly && <Badge tone="calm">Read only</Badge>
          )}
          {differs ? (
            <Badge tone="busy">
              {versionNumber ? `Draft differs from version ${versionNumber}` : 'Not published yet'}
            </Badge>
          ) : (
            <Badge tone="ok" icon="check">
              Version {versionNumber}
            </Badge>
          )}
          {!isReadOnly && <SaveNote state={saveState} isKept={isKept} onSave={onSave} />}
        </div>
      </div>
      <div className="page-actions">
        {!isReadOnly && (
          <>
            <Button icon="plus" className="add-node" onClick={onAdd}>
              Add a node
            </Button>
            <IconButton
              icon="undo"
              label="Undo"
              aria-keyshortcuts="Control+Z"
              disabled={!undo}
              onClick={undo ?? undefined}
            />
            <IconButton
              icon="redo"
              label="Redo"
              aria-keyshortcuts="Control+Shift+Z"
              disabled={!redo}
              onClick={redo ?? undefined}
            />
            <IconButton icon="layers" label="Tidy up" onClick={onTidy} />
            <IconButton
              icon="trash"
              label="Delete what is chosen"
              aria-keyshortcuts="Delete"
              disabled={!onRemove}
              onClick={onRemove ?? undefined}
            />
          </>
        )}
        <Button onClick={onAbout}>About</Button>
        <Button onClick={onHistory}>Versions</Button>
        <Button aria-keyshortcuts="R" onClick={onShowRun}>
          Runs
        </Button>
        <Button needs="author" disabled={!differs || isArchived} onClick={onPublish}>
          Publish
        </Button>
        <Button look="primary" icon="play" needs={['operate', 'order']} disabled={isArchived} onClick={onRun}>
          Run
        </Button>
      </div>
    </header>
  );
}
