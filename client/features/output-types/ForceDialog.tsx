import { useState } from 'react';
import { Callout } from '../../components/Callout.js';
import { Dialog } from '../../components/Dialog.js';
import { Labelled } from '../../components/Labelled.js';
import { SubmitButtons } from '../../components/SubmitButtons.js';
import type { Problem } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';

/** Asks why an output type is to go over to its workflow before enough has been compared. */
export function ForceDialog({
  reasons,
  problem,
  isBusy,
  onClose,
  onForce,
}: {
  reasons: readonly string[];
  problem: Problem | null;
  isBusy: boolean;
  onClose: () => void;
  onForce: (reason: string) => void;
}) {
  const [reason, setReason] = useState('');
  return (
    <Dialog
      title="Switch to graph early?"
      onClose={onClose}
      onSubmit={() => onForce(reason)}
      footer={
        <SubmitButtons look="danger" isBusy={isBusy} disabled={reason.trim() === ''} onCancel={onClose}>
          Switch all the same
        </SubmitButtons>
      }
    >
      <Callout tone="warn" title="Too little has been compared">
        {reasons.map((one) => (
          <p key={one}>{one}</p>
        ))}
      </Callout>
      <p>
        From the next order on the workflow delivers, and the legacy pipeline takes over from runs that fail. You can go
        back at any time.
      </p>
      <Labelled label="Reason" help="Kept in the history, for those who come after you.">
        {(ids) => (
          <textarea
            {...ids}
            className="control"
            rows={3}
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Labelled>
      {problem && <ProblemCallout problem={problem} />}
    </Dialog>
  );
}
