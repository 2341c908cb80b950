import { afterAll, beforeAll, expect, it } from 'vitest';
import { runBlender } from '../modules/render/blender.js';
import { seed } from '../prisma/seed.js';
import { encodeGlobalId as id, localId } from '../schema/globalId.js';
import { createTestContext } from '../tests/support/moduleContext.js';
import { addOrderLine, dispatchRun } from '../tests/support/mutationCalls.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { endOf } from '../tests/support/testRuns.js';
import { describeWith } from '../tests/support/tools.js';
import { type RunningWorker, startWorker } from '../worker/worker.js';
import { nodeDefinition } from '../workflow/nodeDefinitions.js';

describeWith('blender', 'a .blend that is ordered', () => {
  let app: TestApp;
  let worker: RunningWorker;
  let seeded: Awaited<ReturnType<typeof seed>>;
  beforeAll(async () => {
    app = await startTestApp({ definition: nodeDefinition });
    seeded = await seed(app.platform);
    worker = await startWorker(app.platform);
  });
  afterAll(async () => {
    await worker?.stop(0);
    await app?.close();
  });

  it('is packed, published and opens', async () => {
    const outputType = await app.platform.db.outputType.findUniqueOrThrow({ where: { key: 'production_blend' } });
    const { id: orderLineId } = await addOrderLine(app, {
      productId: id('Product', seeded.product.id),
      outputTypeId: id('OutputType', outputType.id),
      options: { contents: 'product', productCollection: 'Bearing' },
    });
    const { id: runId } = await dispatchRun(app, { orderLineId });
    await endOf(app.platform, localId('Run', runId));
    const { data } = await app.gql(
      'query ($id: ID!) { run(id: $id) { status failure { message } assets { name kind artifact { sha256 mediaType metadata } } } }',
      { id: runId },
    );
    expect(data.run).toMatchObject({ status: 'succeeded', failure: null });
    const [asset] = data.run.assets;
    expect(asset).toMatchObject({
      kind: 'blend_file',
      name: expect.stringMatching(/\.blend$/),
      artifact: { mediaType: 'application/x-blender', metadata: { meshCount: expect.any(Number), cameraName: null } },
    });
    const test = await createTestContext();
    const opened = await runBlender(test.ctx, {
      script: 'verify_blend.py',
      job: { file: await app.platform.store.localFile(asset.artifact.sha256, test.dir) },
    });
    const { objectCount, materialCount } = asset.artifact.metadata;
    expect(opened).toMatchObject({ missing: [], contents: { objectCount, materialCount } });
    expect(materialCount).toBeGreaterThan(1);
    await test.cleanup();
  });
});
