import { z } from 'zod';
import { runBlender } from '../../modules/render/blender.js';
import { Viewpoint } from '../../modules/shapes/viewpoint.js';
import { cameraMove } from './cameras.js';
import { boxFigures, boxSentence, sameAll } from './compareModels.js';
import { atMost, equal, shareApart } from './figures.js';
import type { ModelLimits } from './policy.js';
import type { Findings } from './results.js';
import { differencesOf, reasonsOf } from './sentences.js';
import type { ComparedFile, Tools } from './tools.js';

const corner = z.array(z.number()).length(3);

/** What `modules/render/python/describe_blend.py` says of a .blend file. */
const BlendFacts = z.object({
  /** Names with their type. */
  objects: z.array(z.string()),
  /** Object: the materials of its slots with their values. */
  materials: z.array(z.string()),
  cameras: z.array(Viewpoint.extend({ name: z.string() })),
  activeCamera: z.string().nullable(),
  triangleCount: z.number(),
  bboxMm: z.object({ min: corner, max: corner }),
  engine: z.string(),
  resolution: z.array(z.number()),
});
type BlendFacts = z.output<typeof BlendFacts>;

/** Two .blend files: objects, materials by object, cameras, size and triangles. Both are opened by a Blender of their own, scripts off.
 * @throws {ModuleError} `BLENDER_MISSING`, and what Blender fails with. */
export async function compareBlends(
  legacy: ComparedFile,
  graph: ComparedFile,
  limits: ModelLimits,
  tools: Tools,
): Promise<Findings> {
  const { workdir, signal, log } = tools;
  const read = async ({ path }: ComparedFile) => {
    const ctx = { workdir, signal, log, progress: () => {} };
    return BlendFacts.parse(await runBlender(ctx, { script: 'describe_blend.py', job: { file: path } }));
  };
  // One after the other: each takes memory for a whole scene.
  const left = await read(legacy);
  return judgeBlends(left, await read(graph), limits);
}

function judgeBlends(legacy: BlendFacts, graph: BlendFacts, limits: ModelLimits): Findings {
  const objects = differencesOf(legacy.objects, graph.objects);
  const materials = differencesOf(legacy.materials, graph.materials);
  const names = ({ cameras }: BlendFacts) => cameras.map(({ name }) => name);
  const cameras = differencesOf(names(legacy), names(graph));
  const moved = mostMoved(legacy, graph);
  const figures = [
    sameAll({ key: 'objects', label: 'Objects' }, legacy.objects.length, graph.objects.length, objects),
    sameAll(
      { key: 'materials', label: 'Materials by object' },
      legacy.materials.length,
      graph.materials.length,
      materials,
    ),
    sameAll({ key: 'cameras', label: 'Cameras' }, legacy.cameras.length, graph.cameras.length, cameras),
    equal({ key: 'activeCamera', label: 'Camera in use' }, legacy.activeCamera, graph.activeCamera),
    atMost({ key: 'cameraMove', label: 'Camera moved', unit: 'share' }, moved, limits.maxSizeShare),
    ...boxFigures(legacy.bboxMm, graph.bboxMm, limits),
    atMost(
      { key: 'triangles', label: 'Triangles', unit: 'share' },
      shareApart(legacy.triangleCount, graph.triangleCount),
      limits.maxTriangleShare,
      { legacy: legacy.triangleCount, graph: graph.triangleCount },
    ),
    equal({ key: 'engine', label: 'Render engine' }, legacy.engine, graph.engine),
    equal(
      { key: 'resolution', label: 'Resolution', unit: 'px' },
      legacy.resolution.join(' × '),
      graph.resolution.join(' × '),
    ),
  ];
  return {
    figures,
    samples: [],
    reasons: reasonsOf(figures, {
      objects: () => `The objects differ: ${objects.join('; ')}.`,
      // Objects that are missing have no materials either.
      materials: () => (objects.length > 0 ? '' : `Materials differ: ${materials.join('; ')}.`),
      cameras: () => `The cameras differ: ${cameras.join('; ')}.`,
      cameraMove: () => 'A camera stands, looks or zooms differently.',
      box: boxSentence,
      triangles: ({ legacy: l, graph: g }) => `The legacy file has ${l} triangles, that of the workflow ${g}.`,
    }),
  };
}

/** Of the cameras that both have, by name, the one that moved most. */
function mostMoved(legacy: BlendFacts, graph: BlendFacts): number {
  const others = new Map(graph.cameras.map((camera) => [camera.name, camera]));
  return Math.max(
    0,
    ...legacy.cameras.flatMap((camera) => {
      const other = others.get(camera.name);
      return other ? [cameraMove(camera, other)] : [];
    }),
  );
}
