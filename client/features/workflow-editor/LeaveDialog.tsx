import { Button } from '../../components/Button.js';
import { Dialog } from '../../components/Dialog.js';

/** Asks before a page is left whose last changes could not be saved. */
export function LeaveDialog({
  changed,
  reason,
  isSaving,
  onStay,
  onLeave,
  onSave,
}: {
  /** Names of the changed nodes. */
  changed: readonly string[];
  /** Why they are not saved. */
  reason: string;
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
          <Button look="primary" isBusy={isSaving} onClick={onSave}>
            Try again
          </Button>
        </>
      }
    >
      <p>
        {changed.length === 1 ? 'One node has' : `${changed.length} nodes have`} changes that could not be saved:{' '}
        {changed.join(', ')}.
      </p>
      <p className="muted">{reason}</p>
    </Dialog>
  );
}
