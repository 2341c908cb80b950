import { Button } from '../../components/Button.js';
import { Callout } from '../../components/Callout.js';
import { formatDateTime } from '../../components/format.js';

/** Says that changes came back which had not reached the server when the window was closed. */
export function RestoredNote({
  atMs,
  onDiscard,
  onClose,
}: {
  /** When the last of them was made. */
  atMs: number;
  onDiscard: () => void;
  onClose: () => void;
}) {
  return (
    <Callout
      tone="busy"
      title="Changes that had not been saved are back"
      actions={
        <>
          <Button onClick={onDiscard}>Discard them</Button>
          <Button onClick={onClose}>Keep them</Button>
        </>
      }
    >
      This browser kept them on {formatDateTime(new Date(atMs).toISOString())}, when the server could not take them.
    </Callout>
  );
}
