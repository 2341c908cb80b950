import { mkdtemp, readFile } from 'node:fs/promises';
import path from 'node:path';
import { NodeIO } from '@gltf-transform/core';
import { ALL_EXTENSIONS } from '@gltf-transform/extensions';
import type { ArtifactRef } from '../../modules/artifacts.js';
import { exportGlb } from '../../modules/cad/export_glb.js';
import { extractObjects } from '../../modules/cad/extract_objects.js';
import { resolveStepPath } from '../../modules/cad/resolve_step_path.js';
import type { JsonObject } from '../../modules/json.js';
import { blenderStill } from '../../modules/render/blender_still.js';
import { blenderTurntable } from '../../modules/render/blender_turntable.js';
import { exportBlend } from '../../modules/render/export_blend.js';
import { neutralStudio } from '../../modules/render/neutralStudio.js';
import type { Material, MaterialMap } from '../../modules/shapes/materials.js';
import { ObjectTree } from '../../modules/shapes/objectTree.js';
import { MemoryCheckpoints } from '../../runtime/runs/memoryCheckpoints.js';
import type { createTestContext } from './moduleContext.js';

type TestContext = Awaited<ReturnType<typeof createTestContext>>;

const material = (name: string, baseColor: string, metallic: number): Material => ({
  ...{ name, label: name, baseColor, metallic, roughness: 0.35, transmission: 0, clearcoat: 0, ior: 1.5 },
});
const STEEL = material('steel', '#c8ccd0', 1);
const BRASS = material('brass', '#c99a3c', 1);
const WRONG = material('wrong', '#3a6b3f', 0);

/** What a picture of the scene is made of; what is left out is as it should be. */
export interface Variation {
  params?: JsonObject;
  /** The part that gets another material. */
  wrongPart?: string;
  /** The part that is not there. */
  missingPart?: string;
  /** The part that has another colour in the model itself. */
  dyedPart?: string;
  /** Of the geometry. The camera frames what it sees, so pictures of it alone do not show this. */
  scale?: number;
  /** How much smaller the product is in the picture. */
  margin?: number;
}

/** The pillow block of the fixtures as the real CAD modules read it, rendered by the real still module at a small size. */
export async function parityScene(test: TestContext, resolution = { width: 192, height: 192 }) {
  const { ctx } = test;
  const given = await ctx.artifacts.write({
    role: 'step_source',
    mediaType: 'model/step',
    fileName: 'pillow-block.step',
    from: { bytes: await readFile(new URL('../fixtures/step/pillow-block-ucp205.step', import.meta.url)) },
  });
  const defaults = (module: { params: { parse(value: object): unknown } }) => module.params.parse({}) as never;
  const { step } = await resolveStepPath.spec.run(ctx, { source: given }, defaults(resolveStepPath));
  const { objects } = await extractObjects.spec.run(ctx, { step }, defaults(extractObjects));
  const { glb } = await exportGlb.spec.run(ctx, { step }, exportGlb.params.parse({ quality: 'draft' }) as never);
  const tree = await ctx.artifacts.readJson(objects, ObjectTree);
  const json = (role: 'material_map' | 'render_template', value: object) =>
    ctx.artifacts.write({
      role,
      mediaType: 'application/json',
      fileName: `${role}.json`,
      from: { text: JSON.stringify(value) },
    });

  async function mapFor(wrongPart?: string): Promise<ArtifactRef> {
    const map: MaterialMap = {
      assignments: tree.parts.map(({ partId, name }, index) => ({
        ...{ partId, partName: name, source: 'rule', ruleId: null },
        material: name === wrongPart ? WRONG : index % 2 ? BRASS : STEEL,
      })),
      unmapped: [],
    };
    return json('material_map', map);
  }

  async function glbFor({ missingPart, dyedPart, scale }: Variation): Promise<ArtifactRef> {
    if (!missingPart && !dyedPart && !scale) return glb;
    const io = new NodeIO().registerExtensions(ALL_EXTENSIONS);
    const doc = await io.read(test.fileOf(glb)).catch(async () => io.readBinary(await readFile(test.fileOf(glb))));
    const nodes = doc.getRoot().listNodes();
    for (const part of nodes.filter((node) => dyedPart && node.getExtras().partName === dyedPart))
      part.traverse((node) => {
        for (const primitive of node.getMesh()?.listPrimitives() ?? [])
          primitive.setMaterial(doc.createMaterial().setBaseColorFactor([0, 0.5, 0, 1]));
      });
    for (const node of nodes) if (missingPart && node.getExtras().partName === missingPart) node.dispose();
    if (scale)
      for (const top of doc
        .getRoot()
        .listScenes()
        .flatMap((scene) => scene.listChildren())) {
        top.setScale(top.getScale().map((s) => s * scale) as [number, number, number]);
        top.setTranslation(top.getTranslation().map((s) => s * scale) as [number, number, number]);
      }
    return ctx.artifacts.write({
      ...{ role: 'glb_model', mediaType: 'model/gltf-binary', fileName: 'pillow-block.glb' },
      from: { bytes: await io.writeBinary(doc) },
    });
  }

  const sceneFor = async (variation: Variation) => ({
    glb: await glbFor(variation),
    map: await mapFor(variation.wrongPart),
    template: await json('render_template', {
      ...neutralStudio,
      camera: { ...neutralStudio.camera, margin: neutralStudio.camera.margin * (variation.margin ?? 1) },
    }),
  });

  /** As a worker gives every node a directory and checkpoints of its own. */
  const apart = async () => ({
    ...ctx,
    workdir: await mkdtemp(path.join(ctx.workdir, 'node-')),
    checkpoints: new MemoryCheckpoints(),
  });

  return {
    parts: tree.parts.map(({ name }) => name),
    glbFor,
    mapFor,
    sceneFor,
    async film(variation: Variation = {}): Promise<ArtifactRef> {
      const small = { resolution: { width: 96, height: 96 }, samples: 16, animation: { frames: 3, fps: 6 } };
      const params = blenderTurntable.params.parse({ ...small, ...variation.params }) as never;
      return (await blenderTurntable.spec.run(await apart(), await sceneFor(variation), params)).video;
    },
    async blend(variation: Variation = {}): Promise<ArtifactRef> {
      const params = exportBlend.params.parse(variation.params ?? {}) as never;
      return (await exportBlend.spec.run(await apart(), await sceneFor(variation), params)).blend;
    },
    async still(variation: Variation = {}): Promise<ArtifactRef> {
      const params = { resolution, samples: 16, ...variation.params };
      return (
        await blenderStill.spec.run(
          await apart(),
          await sceneFor(variation),
          blenderStill.params.parse(params) as never,
        )
      ).still;
    },
  };
}
