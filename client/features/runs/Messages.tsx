import { Badge } from '../../components/Badge.js';
import { Button } from '../../components/Button.js';
import { formatDateTime } from '../../components/format.js';
import { Table } from '../../components/Table.js';
import type { DeliveryChannel, DeliveryStatus, SentMessageFragment } from '../../gql/graphql.js';
import { type FragmentType, graphql, readFragment } from '../../gql/index.js';
import type { StatusLook } from '../../shared/status.js';

export const SentMessage = graphql(`
  fragment SentMessage on NotificationDelivery {
    id
    nodeId
    channel
    target
    status
    attempts
    responseCode
    errorCode
    errorMessage
    createdAt
    updatedAt
  }
`);

const CHANNEL: Record<DeliveryChannel, string> = { inbox: 'Inbox', webhook: 'Webhook', email: 'E-mail' };

const STATUS: Record<DeliveryStatus, StatusLook> = {
  accepted: { label: 'Accepted', tone: 'ok', icon: 'check' },
  delivered: { label: 'Delivered', tone: 'ok', icon: 'check' },
  retrying: { label: 'Trying again', tone: 'busy', icon: 'refresh' },
  failed: { label: 'Failed', tone: 'bad', icon: 'alert' },
  cancelled: { label: 'Cancelled', tone: 'calm', icon: 'stop' },
};

/** What the receiver said last, or what went wrong. */
function Answer({ message }: { message: SentMessageFragment }) {
  const { errorMessage, errorCode, responseCode, status } = message;
  const isWell = status === 'delivered' || status === 'accepted';
  if (isWell || !errorMessage)
    return <span className="muted numeric">{responseCode === null ? '–' : `Answer ${responseCode}`}</span>;
  return (
    <>
      {errorMessage}
      <p className="field-help">
        <code>{errorCode}</code>
      </p>
    </>
  );
}

/** What became of the messages a run sent. */
export function Messages({
  messages,
  labels,
  onSelect,
}: {
  messages: readonly FragmentType<typeof SentMessage>[];
  /** Names of the nodes by id. */
  labels: ReadonlyMap<string, string>;
  onSelect: (nodeId: string) => void;
}) {
  return (
    <Table
      columns={['Sent by', 'Way', 'To', 'State', 'Attempts', 'Answer', 'Last attempt']}
      label="Messages of the run"
    >
      {readFragment(SentMessage, messages).map((message) => {
        const { label, tone, icon } = STATUS[message.status];
        return (
          <tr key={message.id}>
            <td>
              <Button look="quiet" onClick={() => onSelect(message.nodeId)}>
                {labels.get(message.nodeId) ?? message.nodeId}
              </Button>
            </td>
            <td>{message.channel ? CHANNEL[message.channel] : '–'}</td>
            <td className="message-target">{message.channel === 'inbox' ? 'The team' : message.target || '–'}</td>
            <td>
              <Badge tone={tone} icon={icon}>
                {label}
              </Badge>
            </td>
            <td className="numeric">{message.attempts}</td>
            <td>
              <Answer message={message} />
            </td>
            <td className="muted numeric">{formatDateTime(message.updatedAt)}</td>
          </tr>
        );
      })}
    </Table>
  );
}
