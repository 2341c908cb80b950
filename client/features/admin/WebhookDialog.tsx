import { useRef, useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { Dialog } from '../../components/Dialog.js';
import { Labelled } from '../../components/Labelled.js';
import { newKey } from '../../components/newKey.js';
import { SubmitButtons } from '../../components/SubmitButtons.js';
import { TextField } from '../../components/TextField.js';
import type { WebhookEventType, WebhookFieldsFragment } from '../../gql/graphql.js';
import { readFragment } from '../../gql/index.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { AccountFields, AccountsQuery } from './operations.js';
import { WebhookSecretShown } from './WebhookSecretShown.js';
import { CreateWebhook, UpdateWebhook } from './webhookOperations.js';
import { EVENT_WORDS, USUAL_EVENTS } from './webhookWords.js';
import { roleLabel } from './words.js';

/** Makes a webhook and shows its secret, or changes one. */
export function WebhookDialog({
  webhook,
  onClose,
  onSaved,
}: {
  /** Null: a new one. */
  webhook: WebhookFieldsFragment | null;
  onClose: () => void;
  onSaved: () => void;
}) {
  const [{ data }] = useQuery({ query: AccountsQuery, variables: { after: null }, pause: webhook !== null });
  const accounts = readFragment(AccountFields, data?.accounts.edges.map(({ node }) => node) ?? []);
  const [name, setName] = useState(webhook?.name ?? '');
  const [url, setUrl] = useState(webhook?.url ?? '');
  const [accountId, setAccountId] = useState('');
  const [events, setEvents] = useState<readonly WebhookEventType[]>(webhook?.eventTypes ?? USUAL_EVENTS);
  const [secret, setSecret] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [creating, create] = useMutation(CreateWebhook);
  const [updating, update] = useMutation(UpdateWebhook);
  const key = useRef(newKey());
  const content = { name: name.trim(), url: url.trim(), eventTypes: [...events] };
  const submit = async () => {
    if (webhook) {
      const { data: changed, error } = await update({ input: { webhookId: webhook.id, ...content } });
      const failed = problemOf(changed?.updateWebhook, error);
      setProblem(failed);
      if (!failed) onClose();
      return;
    }
    const { data: made, error } = await create({
      input: { ...content, accountId: accountId || null, idempotencyKey: key.current },
    });
    const result = made?.createWebhook;
    setProblem(problemOf(result, error));
    // What is changed after a refusal is another request.
    key.current = newKey();
    if (result?.__typename !== 'WebhookSecret') return;
    onSaved();
    setSecret(result.secret ?? '');
  };
  if (secret !== null) return <WebhookSecretShown secret={secret} onClose={onClose} />;
  return (
    <Dialog
      title={webhook ? webhook.name : 'New webhook'}
      onClose={onClose}
      onSubmit={submit}
      footer={
        <SubmitButtons
          isBusy={creating.fetching || updating.fetching}
          disabled={content.name === '' || content.url === '' || events.length === 0}
          onCancel={onClose}
        >
          {webhook ? 'Save the webhook' : 'Create the webhook'}
        </SubmitButtons>
      }
    >
      <TextField label="Name" help="What it is for, such as “Shop”." value={name} maxLength={100} onChange={setName} />
      <TextField
        label="Address"
        help="Called by POST with signed JSON; https, and not on a private network."
        type="url"
        placeholder="https://shop.example/hartomat"
        value={url}
        maxLength={2000}
        onChange={setUrl}
      />
      {!webhook && (
        <Labelled label="Account" help="Partners are told of their own orders only.">
          {(ids) => (
            <select
              {...ids}
              className="control"
              value={accountId}
              onChange={(event) => setAccountId(event.target.value)}
            >
              <option value="">Mine: everything of the studio</option>
              {accounts
                .filter(({ isDisabled, scopes }) => !isDisabled && scopes.includes('order'))
                .map((each) => (
                  <option key={each.id} value={each.id}>
                    {each.name} · {roleLabel(each.role)}
                  </option>
                ))}
            </select>
          )}
        </Labelled>
      )}
      <fieldset className="choices">
        <legend>It is told when</legend>
        {(Object.keys(EVENT_WORDS) as WebhookEventType[]).map((each) => (
          <label key={each}>
            <input
              type="checkbox"
              checked={events.includes(each)}
              onChange={(event) =>
                setEvents(event.target.checked ? [...events, each] : events.filter((other) => other !== each))
              }
            />
            {EVENT_WORDS[each]}
          </label>
        ))}
      </fieldset>
      {problem && <ProblemCallout problem={problem} />}
    </Dialog>
  );
}
