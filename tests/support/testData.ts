import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { v7 as uuidv7 } from 'uuid';
import { importCadFile } from '../../runtime/library/cadFiles.js';
import type { Platform } from '../../runtime/platform.js';
import type { WorkflowGraph } from '../../workflow/graph.js';

export const STEP_FILE = fileURLToPath(new URL('../fixtures/step/bearing-6205.step', import.meta.url));

/** One node that takes the STEP file, one that meshes it; of the test modules (workflow/testModules.ts). */
export const CAD_GRAPH: WorkflowGraph = {
  format: 1,
  family: 'cad_file',
  nodes: [
    { id: 'source', step: 'source', params: {}, onFailure: 'halt', ui: { x: 0, y: 0, label: 'The file' } },
    { id: 'mesh', step: 'mesh', params: { quality: 'fine' }, onFailure: 'halt' },
  ],
  edges: [{ from: { node: 'source', port: 'step' }, to: { node: 'mesh', port: 'step' } }],
};

/** One of everything that a catalogue has, through the real import of a real STEP file. */
export async function createCatalogue(platform: Platform) {
  const { db } = platform;
  const cadFile = await importCadFile(platform, { name: 'bearing-6205.step', content: createReadStream(STEP_FILE) });
  const category = await db.category.create({ data: { key: 'bearings', label: 'Bearings' } });
  const tier = await db.pricingTier.create({
    data: { key: 'standard', label: 'Standard', currency: 'EUR', unitPriceCents: 1900 },
  });
  await db.material.create({ data: { name: 'steel', label: 'Steel', spec: {} } });
  await db.renderTemplate.create({ data: { name: 'studio', label: 'Studio', spec: {} } });
  const product = await db.product.create({
    data: { sku: '6205', name: 'Bearing 6205', categoryId: category.id, cadFileId: cadFile.id },
  });
  const workflow = await db.workflow.create({
    data: {
      key: 'cad_intake',
      name: 'CAD intake',
      family: 'cad_file',
      draft: CAD_GRAPH as object,
      versions: { create: { number: 1, graph: CAD_GRAPH as object, note: 'First' } },
    },
    include: { versions: true },
  });
  const outputType = await db.outputType.create({
    data: {
      key: 'still_1k',
      name: 'Still 1K, transparent',
      family: 'order_line',
      artifactKind: 'still_image',
      pricingTierId: tier.id,
      categories: { connect: { id: category.id } },
    },
  });
  const order = await db.order.create({
    data: { lines: { create: { lineNumber: 1, productId: product.id, outputTypeId: outputType.id } } },
    include: { lines: true },
  });
  return {
    cadFile,
    category,
    tier,
    product,
    workflow,
    version: workflow.versions[0]!,
    outputType,
    order,
    line: order.lines[0]!,
  };
}
export type Catalogue = Awaited<ReturnType<typeof createCatalogue>>;

/** A run that ended well, as the engine leaves it: two node runs, the second with a cached file, log, asset and message. */
export async function createEndedRun(platform: Platform, catalogue: Catalogue, createdAt = new Date()) {
  const { db } = platform;
  const runId = uuidv7();
  const reused = await db.artifact.create({
    data: {
      id: uuidv7(),
      role: 'glb_model',
      mediaType: 'model/gltf-binary',
      sha256: 'a'.repeat(64),
      byteSize: 5_000_000_000n,
      fileName: 'bearing.glb',
      metadata: { triangleCount: 12 },
    },
  });
  const { cadFile } = catalogue;
  const step = { ...cadFile.artifact, byteSize: Number(cadFile.artifact.byteSize) };
  const glb = { ...reused, byteSize: Number(reused.byteSize) };
  const common = {
    capability: 'cpu',
    onFailure: 'halt',
    pending: 0,
    attempt: 1,
    maxAttempts: 2,
    backoffMs: 100,
  } as const;
  const plannedCommon = {
    moduleVersion: 1,
    capability: 'cpu',
    determinism: 'pure',
    onFailure: 'halt',
    retry: { attempts: 2, backoffMs: 100 },
    timeoutMs: 5000,
  } as const;
  const hash = 'test-plan';
  await db.runPlan.upsert({
    where: { hash },
    update: {},
    create: {
      hash,
      graph: CAD_GRAPH as object,
      plan: {
        family: 'cad_file',
        nodes: [
          {
            ...plannedCommon,
            idx: 0,
            id: 'source',
            step: 'source',
            moduleKey: 'test.source',
            params: {},
            bindings: { source: [{ from: 'entry', slot: 'stepSource' }] },
            predecessors: [],
            successors: [1],
            level: 0,
          },
          {
            ...plannedCommon,
            idx: 1,
            id: 'mesh',
            step: 'mesh',
            moduleKey: 'test.mesh',
            params: { quality: 'fine', deflectionMm: 0.1 },
            bindings: { step: [{ from: 'node', idx: 0, port: 'step' }] },
            predecessors: [0],
            successors: [],
            level: 1,
          },
        ],
      },
    },
  });
  await db.run.create({
    data: {
      id: runId,
      family: 'cad_file',
      status: 'succeeded',
      planHash: hash,
      workflowId: catalogue.workflow.id,
      workflowVersionId: catalogue.version.id,
      cadFileId: cadFile.id,
      entry: { stepSource: step } as object,
      openNodes: 0,
      lastSeq: 3,
      createdAt,
      startedAt: createdAt,
      finishedAt: createdAt,
      nodeRuns: {
        create: [
          {
            ...common,
            idx: 0,
            nodeId: 'source',
            step: 'source',
            moduleKey: 'test.source',
            status: 'succeeded',
            predecessors: [],
            successors: [1],
            usesEntry: true,
            progress: 1,
            outputs: { step: { artifact: step } } as object,
          },
          {
            ...common,
            idx: 1,
            nodeId: 'mesh',
            step: 'mesh',
            moduleKey: 'test.mesh',
            status: 'succeeded',
            predecessors: [0],
            successors: [],
            usesEntry: false,
            progress: 1,
            isCached: true,
            outputs: { glb: { artifact: glb } } as object,
          },
        ],
      },
      assets: {
        create: {
          nodeId: 'mesh',
          artifactId: reused.id,
          name: 'bearing.glb',
          kind: 'glb_model',
          productId: catalogue.product.id,
          orderLineId: catalogue.line.id,
        },
      },
      notifications: { create: { nodeId: 'mesh', title: 'Ready', body: 'Bearing 6205 is ready.' } },
    },
  });
  await db.runEvent.createMany({
    data: [
      { runId, seq: 1, type: 'run.queued', data: {} },
      { runId, seq: 2, type: 'node.log', nodeId: 'mesh', data: { level: 'info', message: 'Meshed 12 triangles.' } },
      { runId, seq: 3, type: 'run.finished', data: { status: 'succeeded' } },
    ],
  });
  return { runId, reused };
}
