import { constants, copyFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { ArtifactRef } from '../artifacts.js';
import { artifactPort, dataPort, defineModule } from '../define.js';
import { EntryOrderLine, EntryOutputType, EntryProduct } from '../entry.js';
import { ModuleError } from '../errors.js';
import type { JsonObject } from '../json.js';
import { NAME_PLACEHOLDERS, publishedFileName } from './fileName.js';

const ENDINGS: Record<string, string> = {
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/webp': '.webp',
  'video/mp4': '.mp4',
  'video/webm': '.webm',
  'application/x-blender': '.blend',
  'model/gltf-binary': '.glb',
};

/** Facts of the source that stay true of the delivered file. */
const KEPT_FACTS = ['widthPx', 'heightPx', 'isTransparent', 'durationMs', 'frameCount', 'fps', 'triangleCount'];

/** Delivers a file under its catalogue name. The module makes the artifact; whoever runs it enters it as a delivered asset, once per node of a run. */
export const publishAsset = defineModule({
  key: 'output.publish_asset',
  version: 1,
  title: 'Publish asset',
  description: 'Delivers the result under its catalogue name, after checking that it is what the output type sells.',
  families: ['cad_file', 'order_line'],
  inputs: {
    source: artifactPort(
      ['still_image', 'turntable_video', 'blend_file', 'preview_thumbnail', 'glb_model'],
      Object.keys(ENDINGS),
      { description: 'What is delivered.' },
    ),
    product: dataPort(EntryProduct, { description: 'Names the file.', required: false, entry: 'product' }),
    orderLine: dataPort(EntryOrderLine, { description: 'Names the file.', required: false, entry: 'orderLine' }),
    outputType: dataPort(EntryOutputType, {
      description: 'Says what kind of file was sold.',
      required: false,
      entry: 'outputType',
    }),
  },
  outputs: {
    asset: artifactPort('published_asset', Object.keys(ENDINGS), { description: 'The delivered file.' }),
  },
  params: z.object({
    fileName: z
      .string()
      .min(1)
      .max(200)
      .default('{sku}_{outputType}')
      .meta({
        title: 'File name',
        description: `Without ending. Placeholders: ${Object.entries(NAME_PLACEHOLDERS)
          .map(([name, meaning]) => `{${name}} (${meaning})`)
          .join(', ')}.`,
        'x-invocation': true,
      }),
  }),
  execution: { capability: 'io', determinism: 'effect', timeoutMs: 120_000, retry: { attempts: 3, backoffMs: 2000 } },
  legacySource: 'publish',
  async run(ctx, { source, product, orderLine, outputType }, params) {
    if (source.byteSize === 0)
      throw new ModuleError('ASSET_EMPTY', `"${source.fileName}" is empty and cannot be delivered.`);
    if (outputType && outputType.artifactKind !== source.role)
      throw new ModuleError(
        'ARTIFACT_KIND_MISMATCH',
        `The output type "${outputType.name}" sells a ${words(outputType.artifactKind)}, but this is a ${words(source.role)}.`,
        'input',
        { expected: outputType.artifactKind, actual: source.role },
      );
    const name = await publishedFileName(
      params.fileName,
      {
        sku: product?.sku,
        product: product?.name,
        outputType: outputType?.key,
        order: orderLine?.orderNumber,
        line: orderLine?.lineNumber,
        kind: source.role,
        source: path.parse(source.fileName).name,
        ...sizeOf(source),
      },
      ENDINGS[source.mediaType]!,
    );
    // The store takes over what it is given, and the source must stay where it is.
    const copy = path.join(ctx.workdir, 'asset');
    await copyFile(await ctx.artifacts.path(source), copy, constants.COPYFILE_FICLONE);
    const asset = await ctx.artifacts.write({
      role: 'published_asset',
      mediaType: source.mediaType,
      fileName: name,
      metadata: { ...keptFacts(source.metadata), name, kind: source.role, sha256: source.sha256 },
      from: { path: copy },
    });
    if (asset.sha256 !== source.sha256)
      throw new ModuleError('ASSET_CORRUPT', `"${source.fileName}" changed while it was delivered.`, 'transient');
    ctx.progress(1, name);
    return { asset };
  },
});

const words = (role: string) => role.replaceAll('_', ' ');

function sizeOf({ metadata }: ArtifactRef): { width?: number; height?: number } {
  const { widthPx, heightPx } = metadata;
  return {
    ...(typeof widthPx === 'number' && { width: widthPx }),
    ...(typeof heightPx === 'number' && { height: heightPx }),
  };
}

function keptFacts(metadata: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => KEPT_FACTS.includes(key)));
}
