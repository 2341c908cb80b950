import { useState } from 'react';
import { useMutation } from 'urql';
import { Button } from '../../components/Button.js';
import { Dialog } from '../../components/Dialog.js';
import { SubmitButtons } from '../../components/SubmitButtons.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { RedeliverFailedWebhookEvents } from './webhookOperations.js';

const SPANS = [
  { hours: 1, label: 'In the last hour' },
  { hours: 24, label: 'In the last day' },
  { hours: 15 * 24, label: 'At any time', what: 'As far back as the delivery log goes: two weeks.' },
];

/** Sends everything once more that a webhook did not take. */
export function ResendDialog({
  webhook,
  onSent,
  onClose,
}: {
  webhook: { id: string; name: string };
  /** Something is under way again. */
  onSent: () => void;
  onClose: () => void;
}) {
  const [hours, setHours] = useState(24);
  const [count, setCount] = useState<number | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [{ fetching }, resend] = useMutation(RedeliverFailedWebhookEvents);
  const submit = async () => {
    const since = new Date(Date.now() - hours * 3_600_000).toISOString();
    const { data, error } = await resend({ input: { webhookId: webhook.id, since } });
    const result = data?.redeliverFailedWebhookEvents;
    setProblem(problemOf(result, error));
    if (result?.__typename !== 'WebhookRedelivery') return;
    setCount(result.count);
    if (result.count > 0) onSent();
  };
  if (count !== null)
    return (
      <Dialog
        title={count === 0 ? 'Nothing to send again' : `${count} ${count === 1 ? 'event is' : 'events are'} sent again`}
        onClose={onClose}
        footer={
          <Button look="primary" onClick={onClose}>
            Close
          </Button>
        }
      >
        <p>
          {count === 0
            ? `Nothing that was meant for ${webhook.name} has failed in this time. What is still being tried is left alone.`
            : 'The delivery log shows what becomes of them.'}
        </p>
      </Dialog>
    );
  return (
    <Dialog
      title={`Send to ${webhook.name} again what failed`}
      onClose={onClose}
      onSubmit={submit}
      footer={
        <SubmitButtons isBusy={fetching} onCancel={onClose}>
          Send again
        </SubmitButtons>
      }
    >
      <fieldset className="choices">
        <legend>What happened</legend>
        {SPANS.map((each) => (
          <label key={each.hours}>
            <input type="radio" name="span" checked={each.hours === hours} onChange={() => setHours(each.hours)} />
            <span>
              <strong>{each.label}</strong>
              {each.what && <span className="field-help">{each.what}</span>}
            </span>
          </label>
        ))}
      </fieldset>
      {problem && <ProblemCallout problem={problem} />}
    </Dialog>
  );
}
