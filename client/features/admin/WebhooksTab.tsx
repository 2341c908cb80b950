import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { Badge } from '../../components/Badge.js';
import { Button } from '../../components/Button.js';
import { Dialog } from '../../components/Dialog.js';
import { EmptyState } from '../../components/EmptyState.js';
import { formatDateTime } from '../../components/format.js';
import { Pager } from '../../components/Pager.js';
import { ACTIONS } from '../../components/Table.js';
import type { WebhookFieldsFragment } from '../../gql/graphql.js';
import { readFragment } from '../../gql/index.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { Listing } from '../../shared/Listing.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { DeliveryLog } from './DeliveryLog.js';
import { RotateDialog } from './RotateDialog.js';
import { WebhookDialog } from './WebhookDialog.js';
import { DeleteWebhook, PingWebhook, UpdateWebhook, WebhookFields, WebhooksQuery } from './webhookOperations.js';
import { sentAs } from './webhookWords.js';

type Open =
  | { kind: 'edit'; webhook: WebhookFieldsFragment | null }
  | { kind: 'rotate' | 'remove'; webhook: WebhookFieldsFragment };

function WebhookState({ webhook }: { webhook: WebhookFieldsFragment }) {
  if (!webhook.isEnabled)
    return (
      <>
        <Badge tone={webhook.disabledReason ? 'bad' : 'calm'} icon="stop">
          Disabled
        </Badge>
        {webhook.disabledReason && <p className="field-help">{webhook.disabledReason}</p>}
      </>
    );
  if (webhook.failingSince)
    return (
      <>
        <Badge tone="warn" icon="alert">
          Failing
        </Badge>
        <p className="field-help">Nothing got through since {formatDateTime(webhook.failingSince)}.</p>
      </>
    );
  return (
    <Badge tone="ok" icon="check">
      Works
    </Badge>
  );
}

/** Who is told what happens, and what became of it. */
export function WebhooksTab() {
  const [after, setAfter] = useState<string | null>(null);
  const [answer, refetch] = useQuery({
    query: WebhooksQuery,
    variables: { after },
    requestPolicy: 'cache-and-network',
  });
  const { data } = answer;
  const [open, setOpen] = useState<Open | null>(null);
  const [logOf, setLogOf] = useState('');
  /** Rises with whatever the log should show at once. */
  const [round, setRound] = useState(0);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [pinging, ping] = useMutation(PingWebhook);
  const [updating, update] = useMutation(UpdateWebhook);
  const [removing, remove] = useMutation(DeleteWebhook);
  const webhooks = readFragment(WebhookFields, data?.webhooks.edges.map(({ node }) => node) ?? []);
  const reload = () => refetch({ requestPolicy: 'network-only' });
  const doPing = async (webhook: WebhookFieldsFragment) => {
    const result = await ping({ id: webhook.id });
    setProblem(problemOf(result.data?.pingWebhook, result.error));
    setLogOf(webhook.id);
    setRound(round + 1);
  };
  const setEnabled = async (id: string, isEnabled: boolean) => {
    const result = await update({ input: { webhookId: id, isEnabled } });
    setProblem(problemOf(result.data?.updateWebhook, result.error));
  };
  const doRemove = async (id: string) => {
    const result = await remove({ id });
    const failed = problemOf(result.data?.deleteWebhook, result.error);
    setProblem(failed);
    if (failed) return;
    setOpen(null);
    setLogOf('');
    reload();
    setRound(round + 1);
  };
  const add = (
    <Button look="primary" icon="plus" onClick={() => setOpen({ kind: 'edit', webhook: null })}>
      Webhook
    </Button>
  );
  return (
    <>
      <div className="card-header">
        <h2>Webhooks</h2>
        <span className="muted numeric">{data?.webhooks.totalCount}</span>
        {webhooks.length > 0 && add}
      </div>
      {problem && <ProblemCallout problem={problem} />}
      <Listing
        what="the webhooks"
        answer={answer}
        isEmpty={webhooks.length === 0}
        empty={
          <EmptyState icon="send" title="Nobody is told yet" actions={add}>
            A webhook calls a shop or a PIM system when a run ends or a file is delivered.
          </EmptyState>
        }
        columns={['Webhook', 'Told of', 'State', ACTIONS]}
      >
        {webhooks.map((webhook) => (
          <tr key={webhook.id}>
            <td>
              {webhook.name}
              {webhook.account && <span className="muted"> · {webhook.account.name}</span>}
              <p className="field-help mono admin-url" title={webhook.url}>
                {webhook.url}
              </p>
              {webhook.oldSecretsUntil && (
                <p className="field-help">Older secrets sign too until {formatDateTime(webhook.oldSecretsUntil)}.</p>
              )}
            </td>
            <td className="muted admin-events">{webhook.eventTypes.map(sentAs).join(', ')}</td>
            <td>
              <WebhookState webhook={webhook} />
            </td>
            <td className="cell-actions">
              <div className="page-actions">
                <Button
                  look="quiet"
                  aria-label={`Send a test event to ${webhook.name}`}
                  disabled={pinging.fetching || !webhook.isEnabled}
                  onClick={() => doPing(webhook)}
                >
                  Test
                </Button>
                <Button
                  look="quiet"
                  aria-label={`Edit ${webhook.name}`}
                  onClick={() => setOpen({ kind: 'edit', webhook })}
                >
                  Edit
                </Button>
                <Button
                  look="quiet"
                  aria-label={`New secret for ${webhook.name}`}
                  onClick={() => setOpen({ kind: 'rotate', webhook })}
                >
                  New secret
                </Button>
                <Button
                  look="quiet"
                  aria-label={`${webhook.isEnabled ? 'Disable' : 'Enable'} ${webhook.name}`}
                  disabled={updating.fetching}
                  onClick={() => setEnabled(webhook.id, !webhook.isEnabled)}
                >
                  {webhook.isEnabled ? 'Disable' : 'Enable'}
                </Button>
                <Button
                  look="quiet"
                  aria-label={`Remove ${webhook.name}`}
                  onClick={() => setOpen({ kind: 'remove', webhook })}
                >
                  Remove
                </Button>
              </div>
            </td>
          </tr>
        ))}
      </Listing>
      <Pager label="Pages of webhooks" after={after} page={data?.webhooks.pageInfo} onPage={setAfter} />
      {webhooks.length > 0 && <DeliveryLog webhooks={webhooks} webhookId={logOf} onWebhook={setLogOf} round={round} />}
      {open?.kind === 'edit' && <WebhookDialog webhook={open.webhook} onClose={() => setOpen(null)} onSaved={reload} />}
      {open?.kind === 'rotate' && <RotateDialog webhook={open.webhook} onClose={() => setOpen(null)} />}
      {open?.kind === 'remove' && (
        <Dialog
          title={`Remove “${open.webhook.name}”?`}
          onClose={() => setOpen(null)}
          footer={
            <>
              <Button onClick={() => setOpen(null)}>Keep it</Button>
              <Button look="danger" isBusy={removing.fetching} onClick={() => doRemove(open.webhook.id)}>
                Remove the webhook
              </Button>
            </>
          }
        >
          <p>Nothing more is sent to it, and its delivery log goes too. This cannot be undone.</p>
          {problem && <ProblemCallout problem={problem} />}
        </Dialog>
      )}
    </>
  );
}
