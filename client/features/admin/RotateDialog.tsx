import { useState } from 'react';
import { useMutation } from 'urql';
import { Dialog } from '../../components/Dialog.js';
import { SubmitButtons } from '../../components/SubmitButtons.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { WebhookSecretShown } from './WebhookSecretShown.js';
import { RotateWebhookSecret } from './webhookOperations.js';

const OVERLAPS = [
  { hours: 24, label: 'For a day', what: 'Both sign, and the receiver changes over at leisure.' },
  { hours: 168, label: 'For a week', what: 'Where somebody else looks after the receiver.' },
  {
    hours: 0,
    label: 'Not at all',
    what: 'The old one may have leaked. Until the receiver has the new one, it refuses.',
  },
];

/** Gives a webhook a new secret and shows it. */
export function RotateDialog({ webhook, onClose }: { webhook: { id: string; name: string }; onClose: () => void }) {
  const [hours, setHours] = useState(24);
  const [secret, setSecret] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [{ fetching }, rotate] = useMutation(RotateWebhookSecret);
  const submit = async () => {
    const { data, error } = await rotate({ id: webhook.id, overlapHours: hours });
    const result = data?.rotateWebhookSecret;
    setProblem(problemOf(result, error));
    if (result?.__typename === 'WebhookSecret') setSecret(result.secret ?? '');
  };
  if (secret !== null) return <WebhookSecretShown secret={secret} onClose={onClose} />;
  return (
    <Dialog
      title={`New secret for ${webhook.name}`}
      onClose={onClose}
      onSubmit={submit}
      footer={
        <SubmitButtons isBusy={fetching} onCancel={onClose}>
          Make a new secret
        </SubmitButtons>
      }
    >
      <fieldset className="choices">
        <legend>How long the old one goes on</legend>
        {OVERLAPS.map((each) => (
          <label key={each.hours}>
            <input type="radio" name="overlap" checked={each.hours === hours} onChange={() => setHours(each.hours)} />
            <span>
              <strong>{each.label}</strong>
              <span className="field-help">{each.what}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {problem && <ProblemCallout problem={problem} />}
    </Dialog>
  );
}
