import { Button } from '../../components/Button.js';
import { Icon } from '../../components/Icon.js';
import type { SaveState } from './useDraftSaving.js';

const WORDS: Record<SaveState, string> = {
  saved: 'Draft saved',
  saving: 'Saving…',
  offline: 'Not saved: the server does not answer.',
  refused: 'Not saved',
  conflict: 'Not saved: changed elsewhere',
};
const TONE: Record<SaveState, string> = {
  saved: 'calm',
  saving: 'calm',
  offline: 'warn',
  refused: 'bad',
  conflict: 'warn',
};

/** Whether the draft is saved, and if not, why. */
export function SaveNote({
  state,
  isKept,
  onSave,
}: {
  state: SaveState;
  /** What is not saved is kept in this browser. */
  isKept: boolean;
  onSave: () => void;
}) {
  return (
    <div className={`save-note tone-${TONE[state]}`}>
      <p role="status">
        {state === 'saving' ? (
          <span className="spinner" aria-hidden="true" />
        ) : (
          <Icon name={state === 'saved' ? 'check' : 'alert'} size={14} />
        )}
        {WORDS[state]}
        {state === 'offline' && (isKept ? ' Kept in this browser; trying again…' : ' Trying again…')}
      </p>
      {(state === 'offline' || state === 'refused') && (
        <Button look="quiet" aria-keyshortcuts="Control+S" onClick={onSave}>
          Try now
        </Button>
      )}
    </div>
  );
}
