import {
  NodeRunStatus,
  OrderState,
  ParityStatus,
  Role,
  Rollout,
  RunMode,
  RunStatus,
  VersionPolicy,
  Visibility,
  WebhookDeliveryStatus,
} from '../../generated/prisma/enums.js';
import type { Family } from '../../modules/define.js';
import type { Scope } from '../../runtime/access/access.js';
import { FAMILY_DEFINITIONS, type RunSubject } from '../../workflow/families.js';
import { builder } from '../builder.js';

/** Descriptions by value; the compiler sees to it that none is missing. */
function values<T extends string>(_of: Record<string, T>, descriptions: Record<T, string>) {
  return Object.fromEntries(
    Object.entries<string>(descriptions).map(([value, description]) => [value, { value, description }]),
  ) as { [K in T]: { value: K; description: string } };
}

export const FamilyEnum = builder.enumType('Family', {
  description: 'What a run is about; decides the entry, the palette and the rules of a workflow.',
  values: Object.fromEntries(
    Object.values(FAMILY_DEFINITIONS).map(({ key, description }) => [key, { value: key, description }]),
  ) as { [K in Family]: { value: K; description: string } },
});

export const RunSubjectEnum = builder.enumType('RunSubject', {
  description: 'What a run is about.',
  values: {
    cadFile: { value: 'cadFile', description: 'One CAD file.' },
    orderLine: { value: 'orderLine', description: 'One line of an order.' },
  } as const satisfies Record<RunSubject, object>,
});

export const RolloutEnum = builder.enumType('Rollout', {
  description: 'Which way an output type is produced.',
  values: values(Rollout, {
    legacy: 'By the old linear pipeline.',
    shadow:
      'By the old pipeline, with the workflow running beside it for comparison; only the old result is delivered.',
    graph: 'By the workflow.',
  }),
});

export const VersionPolicyEnum = builder.enumType('VersionPolicy', {
  description: 'Which version of its workflow an output type runs.',
  values: values(VersionPolicy, {
    latest: 'The newest published one, whatever it is.',
    pinned: 'One published version, until somebody chooses another.',
  }),
});

export const VisibilityEnum = builder.enumType('Visibility', {
  description: 'Who may see an output type.',
  values: values(Visibility, {
    public: 'Everybody, partners included.',
    internal: 'The studio only.',
    hidden: 'Nobody; kept for orders of the past.',
  }),
});

export const RunModeEnum = builder.enumType('RunMode', {
  description: 'By which way a run works.',
  values: values(RunMode, {
    graph: 'By its workflow.',
    legacy: 'By the old linear pipeline.',
    shadow: 'By its workflow beside a legacy run, for comparison: it delivers nothing and notifies nobody.',
  }),
});

export const ParityStatusEnum = builder.enumType('ParityStatus', {
  description: 'Where a parity report stands, and its verdict.',
  values: values(ParityStatus, {
    waiting: 'One of the runs has not ended, or no worker has come to it yet.',
    comparing: 'A worker compares.',
    passed: 'The same, within the thresholds.',
    differs: 'Something differs, or the run by workflow failed where the legacy run succeeded.',
    incomparable: 'There is nothing to compare: a run made nothing, or a file cannot be read.',
    failed: 'The comparison itself could not be made.',
  }),
});

export const RoleEnum = builder.enumType('Role', {
  description: 'What somebody is here; decides what they may do.',
  values: values(Role, {
    viewer: 'Looks, and changes nothing.',
    artist: 'Makes workflows, library and output types, and runs them.',
    operator: 'Places orders, watches over runs, decides rollouts.',
    partner: 'Orders, and sees only what is theirs.',
    admin: 'May do everything.',
  }),
});

const SCOPE_VALUES: Record<Scope, Scope> = {
  view: 'view',
  order: 'order',
  author: 'author',
  operate: 'operate',
  admin: 'admin',
};
export const ScopeEnum = builder.enumType('Scope', {
  description: 'One thing that somebody may do.',
  values: values(SCOPE_VALUES, {
    view: 'Read everything of the studio.',
    order: 'Place and dispatch orders; read their orders, runs and assets.',
    author: 'Change workflows, library and output types.',
    operate: 'Dispatch, cancel, retry and roll out anything.',
    admin: 'Accounts, tokens, webhooks of others, audit trail.',
  }),
});

export const RunStatusEnum = builder.enumType('RunStatus', {
  description: 'Where a run stands. `succeeded`, `partial`, `failed` and `cancelled` are final.',
  values: values(RunStatus, {
    queued: 'Accepted; no node has begun.',
    running: 'At least one node has begun.',
    cancelling: 'Asked to stop; running nodes are still ending.',
    succeeded: 'Every node succeeded.',
    partial: 'Ended, but a node that may fail did, and what depends on it was skipped.',
    failed: 'Ended by a node that failed.',
    cancelled: 'Ended by a person.',
  }),
});

export const NodeRunStatusEnum = builder.enumType('NodeRunStatus', {
  description: 'Where one node of a run stands. `succeeded`, `failed`, `skipped` and `cancelled` are final.',
  values: values(NodeRunStatus, {
    waiting: 'Nodes before it are not done.',
    ready: 'May be taken by a worker, at once or after the wait before a retry.',
    running: 'A worker is at it.',
    succeeded: 'Done; its outputs are there.',
    failed: 'Failed for good.',
    skipped: 'Never ran, because something it needs failed.',
    cancelled: 'Stopped by a person.',
  }),
});

export const CapabilityEnum = builder.enumType('Capability', {
  description: 'What a worker must have to run a module.',
  values: {
    cpu: { value: 'cpu', description: 'Nothing but a processor.' },
    cad: { value: 'cad', description: 'OpenCascade, and the memory it takes.' },
    blender: { value: 'blender', description: 'Blender.' },
    io: { value: 'io', description: 'Nothing; the module mostly waits for others.' },
  } as const,
});

export const DeterminismEnum = builder.enumType('Determinism', {
  description: 'Whether a result may be used again.',
  values: {
    pure: { value: 'pure', description: 'Same inputs and params give the same outputs, so results are cached.' },
    volatile: { value: 'volatile', description: 'Acts on nothing, but the result is of the moment and not kept.' },
    effect: { value: 'effect', description: 'Acts on the world, once per run and node.' },
  } as const,
});

export const PortKindEnum = builder.enumType('PortKind', {
  description: 'What a port carries.',
  values: {
    artifact: { value: 'artifact', description: 'A file of a role and media type.' },
    data: { value: 'data', description: 'JSON that fits a schema.' },
  } as const,
});

export const FindingSeverityEnum = builder.enumType('FindingSeverity', {
  description: 'How much a finding matters.',
  values: {
    error: { value: 'error', description: 'The workflow cannot be published or run.' },
    warning: { value: 'warning', description: 'It runs, but probably not as meant.' },
    info: { value: 'info', description: 'Good to know.' },
  } as const,
});

export const WebhookDeliveryStatusEnum = builder.enumType('WebhookDeliveryStatus', {
  description: 'What became of an event on its way to a webhook.',
  values: values(WebhookDeliveryStatus, {
    pending: 'An attempt is due, under way, or follows later.',
    delivered: 'The receiver said that it has it.',
    failed: 'It never arrived, and no attempt follows.',
  }),
});

export const OrderStateEnum = builder.enumType('OrderState', {
  description: 'Where an order or a line of it stands; follows from its runs.',
  values: values(OrderState, {
    draft: 'Nothing was dispatched yet.',
    queued: 'Dispatched; no run has begun.',
    running: 'A run is under way.',
    delivered: 'Everything was delivered.',
    partially_delivered: 'Some was delivered; the rest failed, was cancelled or was not dispatched.',
    failed: 'Nothing was delivered, and the last run failed.',
    cancelled: 'Taken back before anything was delivered.',
  }),
});
