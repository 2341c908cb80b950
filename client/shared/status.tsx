import { Badge, type Tone } from '../components/Badge.js';
import type { IconName } from '../components/Icon.js';
import type { NodeRunStatus, RunMode, RunStatus } from '../gql/graphql.js';

export interface StatusLook {
  label: string;
  tone: Tone;
  icon: IconName;
}

const RUN_STATUS: Record<RunStatus, StatusLook> = {
  queued: { label: 'Queued', tone: 'calm', icon: 'clock' },
  running: { label: 'Running', tone: 'busy', icon: 'refresh' },
  cancelling: { label: 'Cancelling', tone: 'warn', icon: 'stop' },
  succeeded: { label: 'Succeeded', tone: 'ok', icon: 'check' },
  partial: { label: 'Partly done', tone: 'warn', icon: 'alert' },
  failed: { label: 'Failed', tone: 'bad', icon: 'alert' },
  cancelled: { label: 'Cancelled', tone: 'calm', icon: 'stop' },
};

const NODE_STATUS: Record<NodeRunStatus | 'cached', StatusLook> = {
  waiting: { label: 'Waiting', tone: 'calm', icon: 'circle' },
  ready: { label: 'Ready', tone: 'calm', icon: 'clock' },
  running: { label: 'Running', tone: 'busy', icon: 'refresh' },
  succeeded: { label: 'Succeeded', tone: 'ok', icon: 'check' },
  failed: { label: 'Failed', tone: 'bad', icon: 'alert' },
  skipped: { label: 'Skipped', tone: 'calm', icon: 'skip' },
  cancelled: { label: 'Cancelled', tone: 'calm', icon: 'stop' },
  cached: { label: 'Cached', tone: 'reused', icon: 'zap' },
};

const TERMINAL: ReadonlySet<RunStatus> = new Set<RunStatus>(['succeeded', 'partial', 'failed', 'cancelled']);

/** True when a run in this status changes no more by itself. */
export const isTerminal = (status: RunStatus): boolean => TERMINAL.has(status);

/** How a node run looks: a success whose outputs came from the result cache is shown as cached. */
export function nodeLook(node: { status: NodeRunStatus; isCached: boolean }): StatusLook {
  return NODE_STATUS[node.status === 'succeeded' && node.isCached ? 'cached' : node.status];
}

export function StatusBadge({ look }: { look: StatusLook }) {
  return (
    <Badge tone={look.tone} icon={look.icon}>
      {look.label}
    </Badge>
  );
}

export const RunStatusBadge = ({ status }: { status: RunStatus }) => <StatusBadge look={RUN_STATUS[status]} />;

/** What is said of runs that are not simply made by their workflow. */
const RUN_MODE: Record<RunMode, { label: string; what: string } | null> = {
  graph: null,
  legacy: { label: 'Legacy', what: 'Made by the old linear pipeline.' },
  shadow: { label: 'Shadow', what: 'Beside a legacy run, for comparison: it delivers nothing.' },
};

export function RunModeBadge({ mode }: { mode: RunMode }) {
  const look = RUN_MODE[mode];
  return (
    look && (
      <span title={look.what}>
        <Badge tone="calm">{look.label}</Badge>
      </span>
    )
  );
}
