import { expect } from 'vitest';
import type { Seeded } from '../../prisma/seed.js';
import { createOrder } from '../../runtime/orders/orders.js';
import { encodeGlobalId as id, localId } from '../../schema/globalId.js';
import type { TestApp } from './testApp.js';
import { endOf } from './testRuns.js';

const SMALL = { samples: 1, resolution: { width: 64, height: 64 } };
const PREFLIGHT = `__typename ... on Error { code message } ... on Preflight { isReady mode price { amount currency }
  duration { minMs maxMs } checks { check state } findings { code severity message nodeId path } nodes { nodeId label forecast isCached dependsOn { code message nodeIds } duration { maxMs } }
  legacySteps { step forecast duration { minMs } } shadow { mode isReady findings { code severity } nodes { nodeId label forecast } }
  fallback { mode isReady price { amount } findings { code } legacySteps { step forecast } } }`;

interface Foreseen {
  nodes: { nodeId: string; label: string; forecast: string }[];
}
interface Ran {
  nodeId: string;
  label: string;
  status: string;
  isCached: boolean;
}

export const forecasts = ({ nodes }: Foreseen) =>
  Object.fromEntries(nodes.map(({ nodeId, forecast }) => [nodeId, forecast]));
export const statesOf = ({ checks }: { checks: { check: string; state: string }[] }) =>
  checks.map(({ check, state }) => `${check} ${state}`).join(', ');
/** In the words of forecasts. */
export const becameOf = ({ status, isCached }: Pick<Ran, 'status' | 'isCached'>) =>
  status === 'skipped' || status === 'cancelled' ? 'skipped' : isCached ? 'cached' : 'runs';

const expectNodes = (found: Foreseen, ran: { nodeRuns: Ran[] }) =>
  expect(found.nodes.map(({ nodeId, label, forecast }) => [nodeId, label, forecast])).toEqual(
    ran.nodeRuns.map((node) => [node.nodeId, node.label, becameOf(node)]),
  );

/** Preflights and runs of small stills of the sample product, over GraphQL. */
export function preflightCalls(app: TestApp, seeded: Seeded) {
  async function line(options: object = {}, more: object = {}): Promise<string> {
    const { id: orderId } = await createOrder(app.platform, {
      lines: [
        {
          productId: seeded.product.id,
          outputTypeId: seeded.outputTypeId,
          options: { ...SMALL, ...options },
          ...more,
        },
      ],
    });
    const { id: lineId } = await app.platform.db.orderLine.findFirstOrThrow({ where: { orderId } });
    return id('OrderLine', lineId);
  }

  async function ask(input: object) {
    const { data, errors } = await app.gql(
      `query ($input: PreflightInput!) { preflight(input: $input) { ${PREFLIGHT} } }`,
      { input },
    );
    expect(errors).toBeUndefined();
    return data.preflight;
  }

  async function problems(input: object) {
    return (await ask(input)).findings
      .filter(({ severity, code }: any) => severity === 'error' && code !== 'NO_WORKER')
      .map(({ code, nodeId }: any) => [code, nodeId]);
  }

  const read = async (runId: string) =>
    (
      await app.gql(
        `query ($id: ID!) { run(id: $id) { status shadow { id } legacySteps { step status }
           nodeRuns { nodeId label isCached status } } }`,
        { id: runId },
      )
    ).data.run;
  async function ended(runId: string, status: string): Promise<{ nodeRuns: Ran[]; [field: string]: any }> {
    await endOf(app.platform, localId('Run', runId));
    const run = await read(runId);
    expect(run.status).toBe(status);
    return run;
  }
  async function dispatched(input: object, status: string) {
    const { data } = await app.gql(
      'mutation ($input: DispatchInput!) { dispatch(input: $input) { ... on Run { id } ... on Error { code message } } }',
      { input },
    );
    return ended(data.dispatch.id, status);
  }

  const run = async (input: object, status = 'succeeded'): Promise<Ran[]> => (await dispatched(input, status)).nodeRuns;

  /** That a run does to every node what its preflight said, without a node that depends; the same of its steps and of its shadow.
   * @returns the nodes that ran. */
  async function agrees(input: object, { isReady = true, status = 'succeeded' } = {}): Promise<string[]> {
    const found = await ask(input);
    expect(found.isReady, JSON.stringify(found.findings)).toBe(isReady);
    const ran = await dispatched(input, status);
    expectNodes(found, ran);
    expect(found.legacySteps.map(({ step, forecast }: any) => [step, forecast])).toEqual(
      ran.legacySteps.map((one: any) => [one.step, one.status === 'skipped' ? 'skipped' : 'runs']),
    );
    expect(found.shadow === null).toBe(ran.shadow === null);
    if (ran.shadow) expectNodes(found.shadow, await ended(ran.shadow.id, 'succeeded'));
    return ran.nodeRuns.filter((node: Ran) => becameOf(node) === 'runs').map(({ nodeId }: Ran) => nodeId);
  }

  return { line, ask, problems, run, ended, agrees };
}
