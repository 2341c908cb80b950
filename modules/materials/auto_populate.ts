import { z } from 'zod';
import { artifactPort, dataPort, defineModule } from '../define.js';
import { EntryProduct } from '../entry.js';
import { mapInTurns } from '../mapInTurns.js';
import { MaterialLibrary, type MaterialProposal } from '../shapes/materials.js';
import { ObjectTree, type Part } from '../shapes/objectTree.js';
import { materialIndex } from './materialIndex.js';
import { confidenceOf, ruleBook, ruleSubject, ruleText } from './materialRules.js';

/** Proposes a material for every part by the library's rules. It only proposes: a person's choice is never touched. */
export const autoPopulate = defineModule({
  key: 'materials.auto_populate',
  version: 1,
  title: 'Propose materials',
  description: 'Proposes a material for every part from its name and CAD colour, for a person to confirm.',
  families: ['cad_file', 'order_line'],
  inputs: {
    objects: artifactPort('object_tree', 'application/json', { description: 'The parts of the CAD file.' }),
    materialLibrary: artifactPort('material_library', 'application/json', {
      description: 'Materials and mapping rules as they were at dispatch.',
      entry: 'materialLibrary',
    }),
    product: dataPort(EntryProduct, {
      description: 'The product; its category decides which rules count.',
      required: false,
      entry: 'product',
    }),
  },
  outputs: {
    proposal: artifactPort('material_proposal', 'application/json', {
      description: 'A material for every part, with confidence and reason.',
    }),
  },
  params: z.object({}),
  execution: { capability: 'cpu', determinism: 'pure', timeoutMs: 60_000, retry: { attempts: 2, backoffMs: 1000 } },
  legacySource: null,
  async run(ctx, inputs) {
    const [tree, library] = await Promise.all([
      ctx.artifacts.readJson(inputs.objects, ObjectTree),
      ctx.artifacts.readJson(inputs.materialLibrary, MaterialLibrary),
    ]);
    const proposals = await mapInTurns(ctx, 'Part', tree.parts, proposer(library, inputs.product?.category ?? null));
    const open = proposals.filter(({ material }) => material === null).map(({ partName }) => partName);
    const sentence = `${proposals.length - open.length} of ${proposals.length} parts have a proposal`;
    if (open.length > 0)
      ctx.log('warn', `${sentence}; none for ${open.slice(0, 10).join(', ')}${open.length > 10 ? ' …' : ''}.`);
    ctx.progress(1, sentence);
    const proposal = await ctx.artifacts.write({
      role: 'material_proposal',
      mediaType: 'application/json',
      fileName: 'material-proposal.json',
      metadata: { partCount: proposals.length, openCount: open.length },
      from: { text: JSON.stringify({ proposals } satisfies MaterialProposal) },
    });
    return { proposal };
  },
});

type Proposal = MaterialProposal['proposals'][number];

function proposer(library: MaterialLibrary, category: string | null): (part: Part) => Proposal {
  const material = materialIndex(library);
  const ruleFor = ruleBook(library.rules, category);
  return (part) => {
    const { partId, name: partName } = part;
    const rule = ruleFor(ruleSubject(part));
    if (!rule)
      return {
        partId,
        partName,
        material: null,
        confidence: 0,
        ruleId: null,
        reason: 'No rule fits this name or colour.',
      };
    const label = material(rule.material, `The rule for ${ruleText(rule)}`).label;
    return {
      partId,
      partName,
      material: rule.material,
      confidence: confidenceOf(rule),
      ruleId: rule.id,
      reason: `${label}: ${ruleText(rule)}.`,
    };
  };
}
