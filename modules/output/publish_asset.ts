import { constants, copyFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { ArtifactRef } from '../artifacts.js';
import type { ModuleContext } from '../context.js';
import { artifactPort, dataPort, defineModule } from '../define.js';
import { EntryOrderLine, EntryOutputType, EntryProduct } from '../entry.js';
import { ModuleError } from '../errors.js';
import type { JsonObject } from '../json.js';
import { ArtifactContract } from '../shapes/artifactContract.js';
import { checkDelivery, type Delivered } from './artifactCheck.js';
import { checkDerivatives, Derivative } from './derivatives.js';
import { NAME_PLACEHOLDERS, NAME_TEMPLATE, type NameFacts, publishedFileName } from './fileName.js';
import { makeDerivative } from './makeDerivative.js';
import { DELIVERABLE_TYPES, ENDINGS } from './mediaTypes.js';

/** Facts of the source that stay true of the delivered file. */
const KEPT_FACTS = [
  'widthPx',
  'heightPx',
  'isTransparent',
  'durationMs',
  'frameCount',
  'fps',
  'triangleCount',
  'objectCount',
  'meshCount',
  'materialCount',
  'cameraName',
  'blenderVersion',
  'device',
  'warnings',
];
const NO_CONTRACT = ArtifactContract.parse({});

const Params = z.object({
  fileName: z
    .string()
    .min(1)
    .max(200)
    .regex(
      NAME_TEMPLATE,
      `The placeholders are ${Object.keys(NAME_PLACEHOLDERS)
        .map((name) => `{${name}}`)
        .join(', ')}.`,
    )
    .default('{sku}_{outputType}')
    .meta({
      title: 'File name',
      description: `Without ending. Placeholders: ${Object.entries(NAME_PLACEHOLDERS)
        .map(([name, meaning]) => `{${name}} (${meaning})`)
        .join(', ')}.`,
      'x-invocation': true,
    }),
  collision: z
    .union([
      z.literal('version').meta({
        title: 'Supersede it',
        description: 'The new file becomes the next version; earlier versions stay.',
      }),
      z.literal('suffix').meta({ title: 'Add a number', description: 'For example bearing-2.png.' }),
      z.literal('fail').meta({ title: 'Stop the run', description: 'Nothing is published.' }),
    ])
    .default('version')
    .meta({
      title: 'When the name is taken',
      description: 'What happens when the product has a file of this name in this output type already.',
    }),
  isExtra: z.boolean().default(false).meta({
    title: 'Beside what is sold',
    description:
      'For what a workflow delivers in addition: kind and contract of the output type are not asked of it, only that the file is whole.',
  }),
  derivatives: z.array(Derivative).max(8).default([]).meta({
    title: 'Derivatives',
    description: 'Smaller copies of a picture for web pages. The original is delivered bit by bit as it is.',
    'x-invocation': true,
  }),
});
type Params = z.output<typeof Params>;

/** Delivers files under their catalogue name. The module makes the artifacts; whoever runs it enters them into the catalogue as one
 * asset, once per node of a run, and keeps the collision policy: only there is it known which names are taken. */
export const publishAsset = defineModule({
  key: 'output.publish_asset',
  version: 1,
  title: 'Publish asset',
  description: 'Delivers the result under its catalogue name, after checking that it is what the output type sells.',
  families: ['cad_file', 'order_line'],
  inputs: {
    source: artifactPort(
      ['still_image', 'turntable_video', 'turntable_frame', 'blend_file', 'preview_thumbnail', 'glb_model'],
      DELIVERABLE_TYPES,
      { description: 'What is delivered: one file, or a set of files of one kind.', many: true },
    ),
    product: dataPort(EntryProduct, { description: 'Names the file.', required: false, entry: 'product' }),
    orderLine: dataPort(EntryOrderLine, { description: 'Names the file.', required: false, entry: 'orderLine' }),
    outputType: dataPort(EntryOutputType, {
      description: 'Says what was sold: the kind of file and its contract.',
      required: false,
      entry: 'outputType',
    }),
  },
  outputs: {
    asset: artifactPort('published_asset', DELIVERABLE_TYPES, {
      description: 'The delivered file; of a set, the first.',
    }),
    files: artifactPort(['published_asset', 'asset_derivative'], DELIVERABLE_TYPES, {
      description: 'The other files of a set, and the derivatives.',
      required: false,
      many: true,
    }),
  },
  params: Params,
  execution: { capability: 'io', determinism: 'effect', timeoutMs: 120_000, retry: { attempts: 3, backoffMs: 2000 } },
  legacySource: 'publish',
  async run(ctx, { source: sources, product, orderLine, outputType }, params) {
    const [first] = sources;
    const sold = params.isExtra ? undefined : outputType;
    const kind = sold?.artifactKind ?? null;
    checkOneKind(sources);
    checkDerivatives(
      params.derivatives,
      sources.map(({ mediaType }) => mediaType),
    );
    const files = await Promise.all(
      sources.map(async (ref): Promise<Delivered> => ({ ref, path: await ctx.artifacts.path(ref) })),
    );
    const contract = {
      outputType: outputType?.name ?? 'any',
      // A turntable that is sold may be delivered as its frames.
      kind: kind === 'turntable_video' && first?.role === 'turntable_frame' ? 'turntable_frame' : kind,
      contract: sold?.contract ?? NO_CONTRACT,
    };
    const facts = await checkDelivery(files, contract, ctx.signal);
    const originals = await Promise.all(
      files.map(async (file, index): Promise<Original> => {
        const measured = { ...keptFacts(file.ref.metadata), ...defined(facts[index]!) };
        const name = await publishedFileName(
          setTemplate(params.fileName, files.length),
          {
            sku: product?.sku,
            product: product?.name,
            outputType: outputType?.key,
            order: orderLine?.orderNumber,
            line: orderLine?.lineNumber,
            kind: file.ref.role,
            source: path.parse(file.ref.fileName).name,
            index: String(index + 1).padStart(4, '0'),
            ...sizeOf(measured),
          },
          ENDINGS[file.ref.mediaType]!,
        );
        return { ...file, name, measured };
      }),
    );
    return deliver(ctx, originals, params);
  },
});

interface Original extends Delivered {
  name: string;
  measured: JsonObject;
}

/** Makes everything in the workdir first: what cannot be made must not leave half a delivery in the store. */
async function deliver(ctx: ModuleContext, originals: readonly Original[], { collision, derivatives }: Params) {
  const wanted = originals.flatMap((original) => derivatives.map((derivative) => ({ original, derivative })));
  const made = [];
  for (const { original, derivative } of wanted) {
    ctx.signal.throwIfAborted();
    ctx.progress(made.length / (wanted.length + 1), `Making "${derivative.name}"`);
    made.push({
      original,
      derivative,
      ...(await makeDerivative({ path: original.path, fileName: original.name }, derivative, ctx.workdir, ctx.signal)),
    });
  }
  const assets: ArtifactRef[] = [];
  for (const { ref, path: source, name, measured } of originals) {
    // The store takes over what it is given, and the source must stay where it is.
    const copy = path.join(ctx.workdir, 'original');
    await copyFile(source, copy, constants.COPYFILE_FICLONE);
    const metadata = { ...measured, name, kind: ref.role, sha256: ref.sha256, position: assets.length };
    const asset = await ctx.artifacts.write({
      role: 'published_asset',
      mediaType: ref.mediaType,
      fileName: name,
      metadata: assets.length === 0 ? { ...metadata, collision } : metadata,
      from: { path: copy },
    });
    if (asset.sha256 !== ref.sha256)
      throw new ModuleError('ASSET_CORRUPT', `"${ref.fileName}" changed while it was delivered.`, 'transient');
    assets.push(asset);
  }
  const files = assets.slice(1);
  for (const { original, derivative, path: file, fileName, mediaType, widthPx, heightPx } of made)
    files.push(
      await ctx.artifacts.write({
        role: 'asset_derivative',
        mediaType,
        fileName,
        metadata: {
          name: fileName,
          derivative: derivative.name,
          of: original.ref.sha256,
          widthPx,
          heightPx,
          position: assets.length + files.length,
        },
        from: { path: file },
      }),
    );
  ctx.progress(1, assets[0]!.fileName);
  return { asset: assets[0]!, ...(files.length > 0 && { files }) };
}

function checkOneKind(sources: readonly ArtifactRef[]): void {
  const other = sources.find(({ role }) => role !== sources[0]!.role);
  if (other)
    throw new ModuleError(
      'SET_OF_MIXED_KINDS',
      `One publish step delivers files of one kind, but this has a ${sources[0]!.role.replaceAll('_', ' ')} and a ${other.role.replaceAll('_', ' ')}. Use a step for each.`,
    );
}

/** Files of a set need a number each, or they would all be called the same. */
const setTemplate = (template: string, count: number) =>
  count > 1 && !template.includes('{index}') ? `${template}_{index}` : template;

const defined = (facts: object): JsonObject =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as JsonObject;

function sizeOf({ widthPx, heightPx }: JsonObject): Pick<NameFacts, 'width' | 'height'> {
  return {
    ...(typeof widthPx === 'number' && { width: widthPx }),
    ...(typeof heightPx === 'number' && { height: heightPx }),
  };
}

function keptFacts(metadata: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => KEPT_FACTS.includes(key)));
}
