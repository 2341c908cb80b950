import { Button } from '../../components/Button.js';
import { Dialog } from '../../components/Dialog.js';

/** Asks before a page with changes that are not saved is left. */
export function LeaveDialog({
  changed,
  isSaving,
  onStay,
  onLeave,
  onSave,
}: {
  /** Names of the changed nodes. */
  changed: readonly string[];
  isSaving: boolean;
  onStay: () => void;
  onLeave: () => void;
  onSave: () => void;
}) {
  return (
    <Dialog
      title="Leave without saving?"
      onClose={onStay}
      footer={
        <>
          <Button onClick={onStay}>Stay here</Button>
          <Button look="danger" onClick={onLeave}>
            Leave and lose them
          </Button>
          <Button look="primary" needs="author" isBusy={isSaving} onClick={onSave}>
            Save and leave
          </Button>
        </>
      }
    >
      <p>
        {changed.length === 1 ? 'One node has' : `${changed.length} nodes have`} changes that are not saved yet:{' '}
        {changed.join(', ')}.
      </p>
    </Dialog>
  );
}
