import { expect } from 'vitest';
import type { Seeded } from '../../prisma/seed.js';
import { createOrder } from '../../runtime/orders.js';
import { encodeGlobalId as id, localId } from '../../schema/globalId.js';
import type { TestApp } from './testApp.js';
import { endOf } from './testRuns.js';

const SMALL = { samples: 1, resolution: { width: 64, height: 64 } };
const PREFLIGHT = `__typename ... on Error { code message } ... on Preflight { isReady mode price { amount currency }
  duration { minMs maxMs } checks { check state } findings { code severity message nodeId path } nodes { nodeId label forecast isCached dependsOn { code message nodeIds } duration { maxMs } } }`;

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

  async function run(input: object, status = 'succeeded'): Promise<Ran[]> {
    const { data } = await app.gql(
      'mutation ($input: DispatchInput!) { dispatch(input: $input) { ... on Run { id } ... on Error { code message } } }',
      { input },
    );
    await endOf(app.platform, localId('Run', data.dispatch.id));
    const ended = await app.gql(
      'query ($id: ID!) { run(id: $id) { status nodeRuns { nodeId label isCached status } } }',
      { id: data.dispatch.id },
    );
    expect(ended.data.run.status).toBe(status);
    return ended.data.run.nodeRuns;
  }

  /** That a run does to every node what its preflight said, without a node that depends.
   * @returns the nodes that ran. */
  async function agrees(input: object, { isReady = true, status = 'succeeded' } = {}): Promise<string[]> {
    const found = await ask(input);
    expect(found.isReady, JSON.stringify(found.findings)).toBe(isReady);
    const ran = await run(input, status);
    expect(found.nodes.map(({ nodeId, label, forecast }: any) => [nodeId, label, forecast])).toEqual(
      ran.map((node) => [node.nodeId, node.label, becameOf(node)]),
    );
    return ran.filter((node) => becameOf(node) === 'runs').map(({ nodeId }) => nodeId);
  }

  return { line, ask, problems, run, agrees };
}
