import { artifactPort, dataPort, defineModule } from '../define.js';
import { EntryOrderLine, EntryProduct } from '../entry.js';
import { mapInTurns } from '../mapInTurns.js';
import { MaterialLibrary, type MaterialMap, MaterialProposal } from '../shapes/materials.js';
import { ObjectTree } from '../shapes/objectTree.js';
import { ResolveMapParams } from './resolveMapParams.js';
import { mapOf, materialDecider } from './resolveMaterials.js';

/** Decides the material of every part: order line, override, product, proposal or rule, CAD colour, default; the first that speaks wins. */
export const resolveMap = defineModule({
  key: 'materials.resolve_map',
  version: 1,
  title: 'Resolve materials',
  description:
    'Decides the material of every part: order line before product before rules before CAD colour before default.',
  families: ['cad_file', 'order_line'],
  inputs: {
    objects: artifactPort('object_tree', 'application/json', { description: 'The parts of the CAD file.' }),
    materialLibrary: artifactPort('material_library', 'application/json', {
      description: 'Materials and mapping rules as they were at dispatch.',
      entry: 'materialLibrary',
    }),
    product: dataPort(EntryProduct, {
      description: 'The product: its category and the materials chosen for it.',
      required: false,
      entry: 'product',
    }),
    orderLine: dataPort(EntryOrderLine, {
      description: 'The order line: materials for this line only.',
      required: false,
      entry: 'orderLine',
    }),
    proposal: artifactPort('material_proposal', 'application/json', {
      description: 'Proposed materials; they count instead of the rules where they are sure enough.',
      required: false,
    }),
  },
  outputs: {
    map: artifactPort('material_map', 'application/json', { description: 'The material of every part.' }),
  },
  params: ResolveMapParams,
  execution: { capability: 'cpu', determinism: 'pure', timeoutMs: 60_000, retry: { attempts: 2, backoffMs: 1000 } },
  legacySource: 'material_mapping',
  async run(ctx, inputs, params) {
    const [tree, library, proposal] = await Promise.all([
      ctx.artifacts.readJson(inputs.objects, ObjectTree),
      ctx.artifacts.readJson(inputs.materialLibrary, MaterialLibrary),
      inputs.proposal && ctx.artifacts.readJson(inputs.proposal, MaterialProposal),
    ]);
    const request = {
      parts: tree.parts,
      library,
      product: inputs.product ?? null,
      orderLine: inputs.orderLine ?? null,
      proposal: proposal ?? null,
      params,
    };
    const map = mapOf(request, await mapInTurns(ctx, 'Part', tree.parts, materialDecider(request)));
    const sentence = `${map.assignments.length - map.unmapped.length} of ${map.assignments.length} parts have a material`;
    if (map.unmapped.length > 0)
      ctx.log(
        'warn',
        `${sentence}; not decided: ${map.unmapped.slice(0, 10).join(', ')}${map.unmapped.length > 10 ? ' …' : ''}.`,
      );
    ctx.progress(1, sentence);
    const artifact = await ctx.artifacts.write({
      role: 'material_map',
      mediaType: 'application/json',
      fileName: 'material-map.json',
      metadata: { partCount: map.assignments.length, unmappedCount: map.unmapped.length, sources: countSources(map) },
      from: { text: JSON.stringify(map) },
    });
    return { map: artifact };
  },
});

function countSources(map: MaterialMap): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { source } of map.assignments) counts[source] = (counts[source] ?? 0) + 1;
  return counts;
}
