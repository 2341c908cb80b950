import { useEffect, useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { Badge } from '../../components/Badge.js';
import { Button } from '../../components/Button.js';
import { EmptyState } from '../../components/EmptyState.js';
import { formatDateTime, formatDuration } from '../../components/format.js';
import { JsonTree } from '../../components/JsonTree.js';
import { Pager } from '../../components/Pager.js';
import { ACTIONS } from '../../components/Table.js';
import type { WebhookDeliveriesQuery as Answer, WebhookDeliveryStatus } from '../../gql/graphql.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { Listing } from '../../shared/Listing.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { useAskAgain } from '../../shared/useAskAgain.js';
import { ResendDialog } from './ResendDialog.js';
import { DeliveriesQuery, RedeliverWebhookEvent } from './webhookOperations.js';
import { DELIVERY_WORDS, sentAs } from './webhookWords.js';

type Delivery = Answer['webhookDeliveries']['edges'][number]['node'];

/** How often it is looked what became of what is under way. */
const LOOK_MS = 1_500;
const TONES = { pending: 'busy', delivered: 'ok', failed: 'bad' } as const;
const ICONS = { pending: 'clock', delivered: 'check', failed: 'alert' } as const;

function lastAnswer({ attempts: [last] }: Delivery): string {
  if (!last) return 'Not sent yet';
  if (last.errorMessage) return last.errorMessage;
  return `Answered with ${last.responseCode} in ${formatDuration(last.tookMs)}`;
}

/** What was sent to webhooks and what became of it, newest first. */
export function DeliveryLog({
  webhooks,
  webhookId,
  onWebhook,
  round,
}: {
  webhooks: readonly { id: string; name: string; isEnabled: boolean }[];
  /** Of which; empty: all. */
  webhookId: string;
  onWebhook: (webhookId: string) => void;
  /** Another one: look again at once. */
  round: number;
}) {
  const [status, setStatus] = useState<WebhookDeliveryStatus | ''>('');
  const [after, setAfter] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const filter = { webhookId: webhookId || null, status: status === '' ? null : [status] };
  const [answer, refetch] = useQuery({
    query: DeliveriesQuery,
    variables: { after, filter },
    requestPolicy: 'cache-and-network',
  });
  const { data } = answer;
  const [isResending, setResending] = useState(false);
  const chosen = webhooks.find(({ id }) => id === webhookId);
  const [again, sendAgain] = useMutation(RedeliverWebhookEvent);
  const deliveries = data?.webhookDeliveries.edges.map(({ node }) => node) ?? [];
  const isUnderWay = deliveries.some(({ status: each, webhook }) => each === 'pending' && webhook.isEnabled);
  useEffect(() => {
    if (round > 0) refetch({ requestPolicy: 'network-only' });
  }, [round]);
  useAskAgain(refetch, LOOK_MS, isUnderWay);
  const resend = async (delivery: Delivery) => {
    const result = await sendAgain({ deliveryId: delivery.id });
    setProblem(problemOf(result.data?.redeliverWebhookEvent, result.error));
  };
  const chooseStatus = (next: string) => {
    setAfter(null);
    setStatus(next as WebhookDeliveryStatus | '');
  };
  const chooseWebhook = (next: string) => {
    setAfter(null);
    onWebhook(next);
  };
  return (
    <section className="admin-log" aria-labelledby="delivery-log">
      <div className="card-header">
        <h2 id="delivery-log">Delivery log</h2>
        <span className="muted numeric">{data?.webhookDeliveries.totalCount}</span>
        <search className="admin-filters">
          <select
            className="control"
            aria-label="Webhook"
            value={webhookId}
            onChange={(event) => chooseWebhook(event.target.value)}
          >
            <option value="">All webhooks</option>
            {webhooks.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
          <select
            className="control"
            aria-label="State"
            value={status}
            onChange={(event) => chooseStatus(event.target.value)}
          >
            <option value="">Any state</option>
            {Object.entries(DELIVERY_WORDS).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </search>
        {chosen && (
          <Button
            disabled={!chosen.isEnabled}
            title={chosen.isEnabled ? undefined : 'A disabled webhook is sent nothing. Enable it first.'}
            onClick={() => setResending(true)}
          >
            Send failed again
          </Button>
        )}
      </div>
      {problem && <ProblemCallout problem={problem} />}
      <Listing
        what="the delivery log"
        answer={answer}
        isEmpty={deliveries.length === 0}
        empty={
          <EmptyState icon="send" title={webhookId || status ? 'Nothing of this kind' : 'Nothing sent yet'}>
            {webhookId || status
              ? 'No delivery of the last two weeks fits this choice.'
              : 'What happens from now on is listed here for two weeks. “Test” sends an event at once.'}
          </EmptyState>
        }
        columns={['When', 'Webhook', 'Event', 'State', 'Last answer', ACTIONS]}
      >
        {deliveries.map((delivery) => (
          <tr key={delivery.id}>
            <td className="muted numeric">{formatDateTime(delivery.createdAt)}</td>
            <td>{delivery.webhook.name}</td>
            <td>
              <details>
                <summary>
                  <code>{sentAs(delivery.eventType)}</code>
                </summary>
                <JsonTree value={JSON.parse(delivery.body)} />
              </details>
            </td>
            <td>
              <Badge tone={TONES[delivery.status]} icon={ICONS[delivery.status]}>
                {DELIVERY_WORDS[delivery.status]}
              </Badge>
              {delivery.nextAttemptAt && delivery.attempts.length > 0 && (
                <p className="field-help numeric">again {formatDateTime(delivery.nextAttemptAt)}</p>
              )}
            </td>
            <td className="admin-answer">
              {delivery.attempts.length > 1 ? (
                <details>
                  <summary>{lastAnswer(delivery)}</summary>
                  <ol className="admin-attempts" reversed>
                    {delivery.attempts.map(({ number, at, responseCode, errorMessage, tookMs }) => (
                      <li key={number} value={number}>
                        <span className="numeric">{formatDateTime(at)}</span>, {formatDuration(tookMs)}:{' '}
                        {errorMessage ?? responseCode}
                      </li>
                    ))}
                  </ol>
                </details>
              ) : (
                lastAnswer(delivery)
              )}
            </td>
            <td className="cell-actions">
              <div className="page-actions">
                <Button
                  look="quiet"
                  aria-label={`Send ${sentAs(delivery.eventType)} to ${delivery.webhook.name} again`}
                  disabled={again.fetching || !delivery.webhook.isEnabled}
                  onClick={() => resend(delivery)}
                >
                  Send again
                </Button>
              </div>
            </td>
          </tr>
        ))}
      </Listing>
      <Pager
        label="Pages of the delivery log"
        after={after}
        page={data?.webhookDeliveries.pageInfo}
        onPage={setAfter}
      />
      {chosen && isResending && (
        <ResendDialog
          webhook={chosen}
          onSent={() => refetch({ requestPolicy: 'network-only' })}
          onClose={() => setResending(false)}
        />
      )}
    </section>
  );
}
