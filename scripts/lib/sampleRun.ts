import { DomainError } from '../../modules/errors.js';
import type { Seeded } from '../../prisma/seed.js';
import { createOrderLine } from '../../runtime/orders/orders.js';
import type { Platform } from '../../runtime/platform.js';
import { type DispatchRequest, dispatch } from '../../runtime/runs/dispatch.js';
import type { Terminal } from './terminal.js';

const FINAL = new Set(['succeeded', 'partial', 'failed', 'cancelled']);

/** Takes the sample product through intake and order, once in the life of an installation, and shows how it goes.
 * A run that was cut off by a stop is followed to its end at the next start.
 * @returns whether there was anything to do. */
export async function runSamples(platform: Platform, seeded: Seeded, terminal: Terminal): Promise<boolean> {
  const { product, cadFileId, cadIntake, outputTypeId } = seeded;
  if (!cadFileId) return false;
  const intake = await runOnce(
    platform,
    terminal,
    'CAD intake of the sample product',
    'sample-cad-intake',
    async () => ({
      cadFileId,
      workflowId: cadIntake.id,
    }),
  );
  const order = await runOnce(platform, terminal, 'Sample order', 'sample-order', async () => ({
    orderLineId: (
      await createOrderLine(platform, { productId: product.id, outputTypeId, idempotencyKey: 'sample-order' })
    ).id,
  }));
  return intake || order;
}

async function runOnce(
  platform: Platform,
  terminal: Terminal,
  title: string,
  idempotencyKey: string,
  request: () => Promise<DispatchRequest>,
): Promise<boolean> {
  const earlier = await platform.db.run.findUnique({ where: { idempotencyKey } });
  if (earlier && FINAL.has(earlier.status)) return false;
  terminal.say(`${title}:`);
  try {
    const runId = earlier?.id ?? (await dispatch(platform, { ...(await request()), idempotencyKey })).runId;
    await follow(platform, runId, terminal);
  } catch (error) {
    // Somebody changed the sample's workflow or output type before it ran: theirs to decide, no reason not to start.
    if (!(error instanceof DomainError)) throw error;
    terminal.say(`  It cannot run: ${error.message}`);
  }
  return true;
}

/** Prints the run as it goes: a line for every node that ends, and what runs now below. */
async function follow(platform: Platform, runId: string, terminal: Terminal): Promise<void> {
  const nodes = await platform.db.nodeRun.findMany({ where: { runId }, select: { nodeId: true, step: true } });
  const labels = new Map(nodes.map(({ nodeId, step }) => [nodeId, platform.definition(step)?.label ?? step]));
  const startedAt = new Map<string, number>();
  for await (const { type, nodeId, data, at } of platform.events.run(runId, 0)) {
    const label = labels.get(nodeId ?? '') ?? '';
    if (type === 'node.started' && nodeId) {
      startedAt.set(nodeId, at.getTime());
      terminal.status(`  … ${label}`);
    } else if (type === 'node.progress') {
      const percent = Math.round(Number(data.fraction) * 100);
      terminal.status(`  … ${label} ${percent} %${data.message ? `: ${data.message}` : ''}`);
    } else if (type === 'node.retrying') {
      terminal.say(`  ↻ ${label}: trying again`);
    } else if (type === 'node.finished' && nodeId) {
      terminal.endStatus();
      const tookMs = at.getTime() - (startedAt.get(nodeId) ?? at.getTime());
      terminal.say(`  ${MARKS[String(data.status)] ?? '·'} ${label}  ${(tookMs / 1000).toFixed(1)} s`);
    }
  }
  terminal.endStatus();
  const run = await platform.db.run.findUniqueOrThrow({ where: { id: runId }, include: { assets: true } });
  const failure = run.failure as { message?: string } | null;
  if (run.status !== 'succeeded')
    terminal.say(`  The run ended "${run.status}"${failure ? `: ${failure.message}` : ''}`);
  for (const asset of run.assets) terminal.say(`  Published: ${asset.name}`);
}

const MARKS: Record<string, string> = { succeeded: '✓', failed: '✗', skipped: '–', cancelled: '–' };
