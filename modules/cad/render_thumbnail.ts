import { z } from 'zod';
import { artifactPort, defineModule } from '../define.js';
import { neutralStudio } from '../render/neutralStudio.js';
import type { Scene } from '../render/scene.js';
import { withEnding } from './readModel.js';

/** With grain and outlines smoothed, 3 are 2.7 to 3.6 of 255 (root mean square) from the picture of 256 samples at 384 px; 6 without
 * smoothed outlines are 3.0 to 3.7, and take nearly twice as long. */
const SAMPLES = 3;

/** What a thumbnail shows.
 * @param glb - local path of the model. */
export function thumbnailScene(glb: string, sizePx: number): Scene {
  return {
    glb,
    template: neutralStudio,
    materials: null,
    resolution: { width: sizePx, height: sizePx },
    engine: 'cycles',
    samples: SAMPLES,
    seed: 0,
    denoise: true,
    camera: {},
    framing: 'product',
    upAxis: '+z',
    bboxMm: null,
    // Less than a pixel here, and a fifth of the time.
    edgeRadius: 0,
    smoothOutlines: true,
  };
}

/** A small picture of the model in its CAD colours, for lists. */
export const renderThumbnail = defineModule({
  key: 'cad.render_thumbnail',
  version: 5,
  title: 'Render thumbnail',
  description:
    'A small cut-out picture of the model in the colours of the CAD file, in a neutral studio, with Blender.',
  families: ['cad_file', 'order_line'],
  inputs: {
    glb: artifactPort('glb_model', 'model/gltf-binary', { description: 'The model: metres, Y up.' }),
  },
  outputs: {
    thumbnail: artifactPort('preview_thumbnail', 'image/png', {
      description: 'A square PNG with a transparent background.',
    }),
  },
  params: z.object({
    sizePx: z.number().int().min(256).max(512).default(384).meta({
      title: 'Size (px)',
      description: 'Width and height of the picture.',
    }),
  }),
  execution: {
    capability: 'blender',
    determinism: 'pure',
    timeoutMs: 180_000,
    retry: { attempts: 3, backoffMs: 3000 },
  },
  legacySource: null,
  async run(ctx, { glb }, { sizePx }) {
    const { renderPicture } = await import('../render/picture.js');
    const rendered = await renderPicture(ctx, {
      scene: thumbnailScene(await ctx.artifacts.path(glb), sizePx),
      shadow: false,
      background: null,
      format: 'png',
      imageQuality: 100,
    });
    const thumbnail = await ctx.artifacts.write({
      role: 'preview_thumbnail',
      mediaType: 'image/png',
      fileName: withEnding(glb.fileName, '.png').replace(/\.glb\.png$/i, '.png'),
      metadata: { widthPx: sizePx, heightPx: sizePx, blenderVersion: rendered.blenderVersion },
      from: { path: rendered.path },
    });
    ctx.progress(1, 'Done');
    return { thumbnail };
  },
});
