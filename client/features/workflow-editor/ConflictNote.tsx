import { Button } from '../../components/Button.js';
import { Callout } from '../../components/Callout.js';

/** The draft was changed elsewhere while it was being changed here: somebody chooses. */
export function ConflictNote({
  isReady,
  isSaving,
  onTakeTheirs,
  onKeepMine,
}: {
  /** Their draft has arrived; until then nothing could take its place. */
  isReady: boolean;
  isSaving: boolean;
  onTakeTheirs: () => void;
  onKeepMine: () => void;
}) {
  return (
    <Callout
      tone="warn"
      title="This draft was changed elsewhere, by somebody else or in another window"
      actions={
        <>
          <Button disabled={!isReady} onClick={onTakeTheirs}>
            Show theirs
          </Button>
          <Button look="danger" isBusy={isSaving} disabled={!isReady} onClick={onKeepMine}>
            Save mine over it
          </Button>
        </>
      }
    >
      Nothing you change is saved until you choose. Theirs takes the place of yours, and Undo brings yours back; saving
      yours over it drops theirs.
    </Callout>
  );
}
