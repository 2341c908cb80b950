import type { Prisma } from '../../generated/prisma/client.js';
import type { EntrySlot } from '../../modules/entry.js';
import type { JsonObject } from '../../modules/json.js';
import type { Plan } from '../../workflow/plan.js';
import type { Platform } from '../platform.js';
import { LIBRARY_SLOTS, type LibrarySlot, snapshotLibrary } from './snapshots.js';
import type { CadFileSubject } from './subjects.js';

/** The version a run takes. */
export const NEWEST_VERSION = { versions: { orderBy: { number: 'desc' }, take: 1 } } satisfies Prisma.WorkflowInclude;

export const ORDER_LINE_INCLUDE = {
  order: true,
  product: { include: { category: true, cadFile: { include: { artifact: true } } } },
  outputType: { include: { workflow: { include: NEWEST_VERSION }, pinnedVersion: true } },
} satisfies Prisma.OrderLineInclude;

export type OrderLineSubject = Prisma.OrderLineGetPayload<{ include: typeof ORDER_LINE_INCLUDE }>;

/** What a run is about. */
export type Subject = {
  cadFile: CadFileSubject;
  orderLine: OrderLineSubject | null;
  /** Snapshots of the libraries, taken once for many subjects. */
  libraries?: Map<EntrySlot, Promise<object | null>>;
};

/** Values of the entry slots the plan reads, fixed from now on: later edits of the library do not reach a run that is under way. */
export async function buildEntry(platform: Platform, plan: Plan, subject: Subject): Promise<JsonObject> {
  const slots = new Set<EntrySlot>();
  for (const node of plan.nodes)
    for (const bindings of Object.values(node.bindings))
      for (const binding of bindings) if (binding.from === 'entry') slots.add(binding.slot);
  const entries = await Promise.all(
    [...slots].sort().map(async (slot) => [slot, await slotValue(platform, slot, subject)] as const),
  );
  return Object.fromEntries(entries.filter(([, value]) => value !== null)) as JsonObject;
}

const isLibrary = (slot: EntrySlot): slot is LibrarySlot => LIBRARY_SLOTS.some((library) => library === slot);

async function slotValue(platform: Platform, slot: EntrySlot, subject: Subject): Promise<object | null> {
  if (!subject.libraries || !isLibrary(slot)) return ownValue(platform, slot, subject);
  const known = subject.libraries.get(slot) ?? ownValue(platform, slot, subject);
  subject.libraries.set(slot, known);
  return known;
}

async function ownValue(platform: Platform, slot: EntrySlot, { cadFile, orderLine }: Subject): Promise<object | null> {
  switch (slot) {
    case 'stepSource':
      return cadFile.source;
    case 'materialLibrary':
    case 'templateLibrary':
      return snapshotLibrary(platform, slot);
    case 'product':
      return (
        orderLine && {
          sku: orderLine.product.sku,
          name: orderLine.product.name,
          category: orderLine.product.category?.key ?? null,
          materialAssignments: orderLine.product.materialAssignments,
        }
      );
    case 'orderLine':
      return (
        orderLine && {
          id: orderLine.id,
          orderNumber: String(orderLine.order.number),
          lineNumber: orderLine.lineNumber,
          materialOverrides: orderLine.materialOverrides,
        }
      );
    case 'outputType':
      return (
        orderLine && {
          id: orderLine.outputType.id,
          key: orderLine.outputType.key,
          name: orderLine.outputType.name,
          artifactKind: orderLine.outputType.artifactKind,
          contract: orderLine.outputType.contract,
        }
      );
  }
}
