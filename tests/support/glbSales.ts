import type { Platform } from '../../runtime/platform.js';
import { dispatch } from '../../runtime/runs/dispatch.js';
import type { Catalogue } from './testData.js';

const edge = (from: string, to: string) => {
  const [node, port] = from.split('.');
  const [target, input] = to.split('.');
  return { from: { node, port }, to: { node: target, port: input } };
};

/** Sells GLBs of the catalogue's product, with the real modules: from the order to the asset without Blender. */
export class GlbSales {
  private typeCount = 0;
  private lineCount = 0;

  constructor(
    private readonly platform: Platform,
    private readonly catalogue: Catalogue,
  ) {}

  /** An output type of its own.
   * @param publish - params of the step that delivers. */
  outputType(
    publish: object,
    {
      second,
      notify,
      contract,
      retry = { attempts: 3, backoffMs: 50 },
    }: { second?: object; notify?: object; contract?: object; retry?: object } = {},
  ) {
    const graph = {
      format: 1,
      family: 'order_line',
      nodes: [
        { id: 'step', step: 'resolve_step_path', params: {} },
        { id: 'glb', step: 'export_glb', params: {} },
        { id: 'publish', step: 'publish_asset', params: publish, retry },
        ...(second ? [{ id: 'second', step: 'publish_asset', params: second }] : []),
        ...(notify ? [{ id: 'notify', step: 'notify', params: notify, retry }] : []),
      ],
      edges: [
        edge('step.step', 'glb.step'),
        edge('glb.glb', 'publish.source'),
        ...(second ? [edge('glb.glb', 'second.source')] : []),
        ...(notify ? [edge('publish.asset', 'notify.asset')] : []),
      ],
    };
    const key = `glb_${++this.typeCount}`;
    return this.platform.db.outputType.create({
      data: {
        key,
        name: `GLB ${this.typeCount}`,
        family: 'order_line',
        artifactKind: 'glb_model',
        rollout: 'graph',
        contract: contract ?? {},
        workflow: {
          create: {
            key,
            name: 'GLB',
            family: 'order_line',
            draft: graph,
            versions: { create: { number: 1, graph } },
          },
        },
      },
    });
  }

  /** Orders one of it. @returns the run. */
  async order(outputTypeId: string): Promise<string> {
    const { id: orderLineId } = await this.platform.db.orderLine.create({
      data: {
        orderId: this.catalogue.order.id,
        lineNumber: 1000 + ++this.lineCount,
        productId: this.catalogue.product.id,
        outputTypeId,
      },
    });
    return (await dispatch(this.platform, { orderLineId })).runId;
  }

  /** What was published, by name and version. */
  assets(outputTypeId: string) {
    return this.platform.db.asset.findMany({
      where: { outputTypeId },
      orderBy: [{ name: 'asc' }, { version: 'asc' }],
    });
  }
}
