import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useBrokenGpu } from '../../tests/support/brokenGpu.js';
import { type BoxPart, makeGlb } from '../../tests/support/glb.js';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { describeWith } from '../../tests/support/tools.js';
import type { ArtifactRef } from '../artifacts.js';
import type { JsonObject } from '../json.js';
import type { Material, MaterialMap } from '../shapes/materials.js';
import type { RenderTemplate } from '../shapes/renderTemplate.js';
import { runBlender } from './blender.js';
import { blenderStill } from './blender_still.js';
import { blenderFacts } from './blenderFacts.js';
import { neutralStudio } from './neutralStudio.js';

const paint = (baseColor: string): Material => ({
  name: `paint ${baseColor}`,
  label: baseColor,
  baseColor,
  metallic: 0,
  roughness: 0.8,
  transmission: 0,
  clearcoat: 0,
  ior: 1.5,
});

/** Two boxes side by side along CAD X, the left one twice as an instance of one mesh. */
const LEFT: BoxPart = {
  partId: 'p0',
  partName: 'Left',
  size: [0.02, 0.02, 0.02],
  at: [
    [-0.012, 0.01, 0],
    [-0.012, 0.032, 0],
  ],
  color: [0, 0, 0.6],
};
const RIGHT: BoxPart = {
  partId: 'p1',
  partName: 'Right "½" /🙂',
  size: [0.02, 0.042, 0.02],
  at: [[0.012, 0.021, 0]],
  color: [0, 0, 0.6],
};
const FRONT = { azimuthDeg: 0, elevationDeg: 0 };
const SMALL = { resolution: { width: 96, height: 64 }, samples: 4, camera: FRONT };

let test: Awaited<ReturnType<typeof createTestContext>>;
beforeEach(async () => {
  test = await createTestContext();
});
afterEach(() => test.cleanup());

const json = (role: 'material_map' | 'render_template' | 'bbox', value: unknown) =>
  test.ctx.artifacts.write({
    role,
    mediaType: 'application/json',
    fileName: `${role}.json`,
    from: { text: JSON.stringify(value) },
  });

function mapOf(materials: Record<string, Material | null>): MaterialMap {
  return {
    assignments: Object.entries(materials).map(([partId, material]) => ({
      partId,
      partName: partId,
      source: material ? ('rule' as const) : ('cad_color' as const),
      ruleId: null,
      material,
    })),
    unmapped: [],
  };
}

interface Setup {
  parts?: BoxPart[];
  materials?: Record<string, Material | null>;
  template?: RenderTemplate;
  glb?: Uint8Array;
  bboxMm?: { min: number[]; max: number[] };
}

async function render(params: JsonObject, setup: Setup = {}): Promise<ArtifactRef> {
  const {
    parts = [LEFT, RIGHT],
    materials = { p0: paint('#d01010'), p1: paint('#10b010') },
    template = neutralStudio,
  } = setup;
  const glb = await test.ctx.artifacts.write({
    role: 'glb_model',
    mediaType: 'model/gltf-binary',
    fileName: 'boxes.glb',
    from: { bytes: setup.glb ?? (await makeGlb(parts)) },
  });
  const bbox =
    setup.bboxMm && (await json('bbox', { bboxMm: setup.bboxMm, sizeMm: [1, 1, 1], centreMm: [0, 0, 0], radiusMm: 1 }));
  const inputs = {
    glb,
    map: await json('material_map', mapOf(materials)),
    template: await json('render_template', template),
    bbox,
  };
  return (await blenderStill.spec.run(test.ctx, inputs, blenderStill.spec.params.parse(params))).still;
}

async function pixels(still: ArtifactRef) {
  const { data, info } = await sharp(test.fileOf(still)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => [...data.subarray((y * info.width + x) * 4, (y * info.width + x) * 4 + 4)];
  const xs: number[] = [];
  const ys: number[] = [];
  for (let i = 0; i < info.width * info.height; i++) {
    if (data[i * 4 + 3]! > 128) {
      xs.push(i % info.width);
      ys.push(Math.floor(i / info.width));
    }
  }
  const box = { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
  return { at, box, width: info.width, height: info.height };
}

describe('before Blender starts', () => {
  it('refuses a transparent JPEG where the format is chosen', () => {
    const checked = blenderStill.params.safeParse({ transparent: true, format: 'jpeg' });
    expect(checked.error?.issues).toMatchObject([{ path: ['format'], message: expect.stringContaining('JPEG') }]);
    expect(blenderStill.params.strict().safeParse({ transparent: true, format: 'jpeg' }).success).toBe(false);
  });

  it('refuses a part without a material, by name', async () => {
    await expect(render(SMALL, { materials: { p0: paint('#d01010') } })).rejects.toMatchObject({
      code: 'PART_UNMAPPED',
      details: { parts: ['Right "½" /🙂'] },
    });
  });

  it('refuses an engine the template is not made for', async () => {
    await expect(render({ ...SMALL, engine: 'eevee' })).rejects.toMatchObject({
      code: 'ENGINE_NOT_SUPPORTED',
      details: { path: '/engine' },
    });
  });

  it.each([
    { resolution: { width: 15, height: 64 } },
    { resolution: { width: 64, height: 8193 } },
    { samples: 0 },
    { samples: 1.5 },
    { backgroundColor: 'white' },
    { camera: { elevationDeg: 91 } },
    { camera: { view: 'inside' } },
    { colorManagement: { contrast: 'loud' } },
    { engine: 'threejs' },
  ])('its params refuse %j', (params) => {
    expect(blenderStill.params.safeParse(params).success).toBe(false);
  });
});

describeWith('blender', 'a rendered still', () => {
  it('gives every instance the material of its part, on transparent ground', async () => {
    const still = await render({ ...SMALL, transparent: true, shadow: false });
    const { at, box, width, height } = await pixels(still);
    const quarter = (box.right - box.left) / 4;
    const [upperLeft, lowerLeft, right] = [
      at(Math.round(box.left + quarter), Math.round(height * 0.3)),
      at(Math.round(box.left + quarter), Math.round(height * 0.7)),
      at(Math.round(box.right - quarter), Math.round(height / 2)),
    ];
    for (const [r, g, b] of [upperLeft, lowerLeft]) expect(r).toBeGreaterThan(2 * Math.max(g!, b!));
    expect(right[1]).toBeGreaterThan(2 * Math.max(right[0]!, right[2]!));
    expect([at(0, 0)[3], at(width - 1, height - 1)[3]]).toEqual([0, 0]);
    expect(still).toMatchObject({
      role: 'still_image',
      mediaType: 'image/png',
      fileName: 'boxes.png',
      metadata: { widthPx: 96, heightPx: 64, isTransparent: true },
    });
  });

  it('shows the whole product, centred, and fills the picture up to the margin', async () => {
    const { box, width, height } = await pixels(
      await render({ ...SMALL, transparent: true, shadow: false, camera: { azimuthDeg: 40, elevationDeg: 35 } }),
    );
    const free = [box.left, width - 1 - box.right, box.top, height - 1 - box.bottom];
    expect(Math.min(...free)).toBeGreaterThanOrEqual(1);
    expect(Math.min(...free)).toBeLessThanOrEqual(4);
    expect(Math.abs(free[0]! - free[1]!)).toBeLessThanOrEqual(4);
    expect(Math.abs(free[2]! - free[3]!)).toBeLessThanOrEqual(4);
  });

  it('frames by the sphere when asked to, so a turned product keeps its size', async () => {
    const tall: BoxPart = { partId: 'p0', partName: 'Rod', size: [0.01, 0.1, 0.01], at: [[5, 5, 5]] };
    const setup = { parts: [tall], materials: { p0: paint('#808080') } };
    const params = { ...SMALL, resolution: { width: 64, height: 64 }, transparent: true, framing: 'sphere' };
    const upright = await pixels(await render(params, setup));
    const lying = await pixels(await render({ ...params, upAxis: '+x' }, setup));
    const length = ({ box }: typeof upright) => Math.max(box.right - box.left, box.bottom - box.top);
    expect(upright.box.bottom - upright.box.top).toBeGreaterThan(48);
    expect(Math.abs(length(lying) - length(upright))).toBeLessThanOrEqual(4);
    expect(lying.box.right - lying.box.left).toBeGreaterThan(48);
  });

  it('keeps the colours of the CAD file where the map says so', async () => {
    const { at } = await pixels(await render(SMALL, { materials: { p0: null, p1: null } }));
    const [r, g, b] = at(34, 40);
    expect(b).toBeGreaterThan(2 * Math.max(r!, g!));
  });

  it('puts the exact background colour behind the product and a shadow on it', async () => {
    const template = { ...neutralStudio, floor: { shadowCatcher: true } };
    const params = {
      ...SMALL,
      resolution: { width: 64, height: 64 },
      camera: { azimuthDeg: 30, elevationDeg: 40 },
      backgroundColor: '#3366cc',
    };
    const still = await render({ ...params, format: 'png' }, { template });
    const { at } = await pixels(still);
    expect(at(0, 0)).toEqual([0x33, 0x66, 0xcc, 255]);
    const plain = await render({ ...params, shadow: false }, { template });
    expect(plain.sha256).not.toBe(still.sha256);
  });

  it('is the same file for the same inputs and params, and another for another seed', async () => {
    const first = await render(SMALL);
    const again = await render(SMALL);
    const other = await render({ ...SMALL, seed: 1 });
    expect(again.sha256).toBe(first.sha256);
    expect(other.sha256).not.toBe(first.sha256);
    expect((await readFile(test.fileOf(first))).toString('latin1')).not.toMatch(/tEXt|iTXt|tIME/);
  });

  it('has less grain when it is told to remove it, and the same outline', async () => {
    const params = { ...SMALL, samples: 2, transparent: true, shadow: false };
    const [grainy, smooth] = [await render({ ...params, denoise: false }), await render(params)];
    const face = { left: 54, top: 20, width: 12, height: 24 };
    const deviation = async (still: ArtifactRef) => {
      // Statistics are those of a file, whatever was asked of it before.
      const cut = await sharp(test.fileOf(still)).extract(face).removeAlpha().png().toBuffer();
      return (await sharp(cut).stats()).channels[1]!.stdev;
    };
    expect(await deviation(smooth)).toBeLessThan(0.3 * (await deviation(grainy)));
    expect((await pixels(smooth)).box).toEqual((await pixels(grainy)).box);
  });

  it.each(['eevee', 'workbench'])('can be made by %s too, with the shadow', async (engine) => {
    const template: RenderTemplate = {
      ...neutralStudio,
      engines: ['eevee', 'workbench'],
      floor: { shadowCatcher: true },
    };
    const still = await render(
      { ...SMALL, engine, transparent: true, camera: { azimuthDeg: 30, elevationDeg: 40 } },
      { template },
    );
    expect(still.metadata).toMatchObject({ engine, coverage: expect.closeTo(0.35, 0) });
  });

  it.each([
    ['jpeg', 'image/jpeg', 'boxes.jpg'],
    ['webp', 'image/webp', 'boxes.webp'],
  ])('is written as %s', async (format, mediaType, fileName) => {
    const still = await render({ ...SMALL, samples: 1, denoise: false, format });
    expect(still).toMatchObject({ mediaType, fileName });
    expect(await sharp(test.fileOf(still)).metadata()).toMatchObject({ format, width: 96, height: 64 });
  });

  it('has 16 bits a channel when asked to, with the exact background and shadow of the 8 bit picture', async () => {
    const template = { ...neutralStudio, floor: { shadowCatcher: true } };
    const params = { ...SMALL, camera: { azimuthDeg: 30, elevationDeg: 40 }, backgroundColor: '#3366cc' };
    const [deep, plain] = [
      await render({ ...params, format: 'png16' }, { template }),
      await render(params, { template }),
    ];
    expect(await sharp(test.fileOf(deep)).metadata()).toMatchObject({ depth: 'ushort', channels: 3, width: 96 });
    const bytes = await sharp(test.fileOf(deep)).toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer();
    const deepPixels = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
    expect([...deepPixels.slice(0, 3)]).toEqual([0x3333, 0x6666, 0xcccc]);
    const plainPixels = await sharp(test.fileOf(plain)).raw().toBuffer();
    let apart = 0;
    for (const [i, value] of plainPixels.entries()) apart += Math.abs(deepPixels[i]! / 257 - value);
    expect(apart / plainPixels.length).toBeLessThan(0.6);
    expect(deepPixels.some((value) => value % 257 !== 0)).toBe(true);
  });

  it('is written as OpenEXR with its shadow, the same bytes twice', async () => {
    const template = { ...neutralStudio, floor: { shadowCatcher: true } };
    const params = { ...SMALL, samples: 2, format: 'exr', camera: { azimuthDeg: 30, elevationDeg: 40 } };
    const [first, again] = [await render(params, { template }), await render(params, { template })];
    const without = await render({ ...params, shadow: false }, { template });
    expect(first).toMatchObject({
      mediaType: 'image/x-exr',
      fileName: 'boxes.exr',
      metadata: { widthPx: 96, isTransparent: true },
    });
    expect(again.sha256).toBe(first.sha256);
    expect(first.metadata.coverage).toBeGreaterThan(Number(without.metadata.coverage) + 0.02);
    expect((await readFile(test.fileOf(first))).toString('latin1')).not.toMatch(/RenderTime|Date/);
    // Blender reads what is left of the file.
    const facts = await runBlender(test.ctx, {
      script: '../../../tests/fixtures/blender/read_picture.py',
      job: { file: test.fileOf(without) },
    });
    expect(facts).toMatchObject({ width: 96, height: 64, isFloat: true });
    expect(facts.opacity).toBeCloseTo(Number(without.metadata.coverage), 2);
  });

  it('shows the side that is asked for by name', async () => {
    const view = async (name: string) =>
      pixels(await render({ ...SMALL, transparent: true, shadow: false, camera: { view: name } }));
    const [front, back, top] = [await view('front'), await view('back'), await view('top')];
    const half = (box: typeof front.box, share: number) => Math.round(box.left + (box.right - box.left) * share);
    const redAt = ({ at, box, height }: typeof front, share: number) => {
      const [r, g] = at(half(box, share), Math.round(height * 0.3));
      return r! > g!;
    };
    expect([redAt(front, 0.25), redAt(back, 0.25)]).toEqual([true, false]);
    // From above the boxes are flat: 44 wide, 20 deep.
    expect((top.box.right - top.box.left) / (top.box.bottom - top.box.top)).toBeCloseTo(2.2, 0);
  });

  it('has the backdrop of the template: a gradient behind it, or a sweep under it', async () => {
    const gradient: RenderTemplate = {
      ...neutralStudio,
      backdrop: { kind: 'gradient', top: '#ff0000', bottom: '#0000ff' },
    };
    const shaded = await pixels(await render({ ...SMALL, shadow: false }, { template: gradient }));
    expect(shaded.at(0, 0)[0]).toBeGreaterThan(245);
    expect(shaded.at(0, 63)[2]).toBeGreaterThan(245);
    const plain = await pixels(await render({ ...SMALL, shadow: false, backdrop: false }, { template: gradient }));
    expect(plain.at(0, 0)).toEqual([255, 255, 255, 255]);

    const sweep: RenderTemplate = {
      ...neutralStudio,
      backdrop: { kind: 'sweep', color: '#c02020', roughness: 0.8 },
    };
    const camera = { azimuthDeg: 20, elevationDeg: 30 };
    const room = await pixels(await render({ ...SMALL, camera }, { template: sweep }));
    for (const [x, y] of [
      [0, 0],
      [95, 0],
      [0, 63],
      [95, 63],
    ]) {
      const [r, g, b] = room.at(x!, y!);
      expect(r).toBeGreaterThan(1.5 * Math.max(g!, b!));
    }
    const cutOut = await pixels(await render({ ...SMALL, camera, transparent: true }, { template: sweep }));
    expect(cutOut.at(0, 0)[3]).toBe(0);
  });

  it('takes colour management over that of the template, and names what this Blender lacks', async () => {
    const mean = async (colorManagement: JsonObject) => {
      const still = await render({ ...SMALL, samples: 1, denoise: false, colorManagement });
      return (await sharp(test.fileOf(still)).stats()).channels[1]!.mean;
    };
    expect(await mean({ exposure: -3 })).toBeLessThan(0.9 * (await mean({})));
    const contrasted = { viewTransform: 'Filmic', contrast: 'high' };
    const { blenderVersion } = (await render({ ...SMALL, samples: 1, colorManagement: contrasted })).metadata;
    if (Number.parseInt(String(blenderVersion), 10) < 4)
      await expect(render({ ...SMALL, colorManagement: { viewTransform: 'AgX' } })).rejects.toMatchObject({
        code: 'VIEW_TRANSFORM_UNKNOWN',
      });
  });

  const onGpu = { ...SMALL, samples: 1, denoise: false, shadow: false, device: 'gpu' };

  it('says when the processor made it for want of a graphics card', async () => {
    const { metadata } = await render(onGpu);
    const { gpuDevices } = await blenderFacts();
    if (gpuDevices.length > 0) return expect(metadata).toMatchObject({ device: 'gpu', warnings: [] });
    expect(metadata).toMatchObject({ device: 'cpu', warnings: [expect.stringContaining('no graphics card')] });
    expect(test.logs).toContainEqual(
      expect.objectContaining({ level: 'warn', message: expect.stringContaining('card') }),
    );
  });

  it('is made by the processor when the graphics card fails at it, and says so', async () => {
    await useBrokenGpu(test.dir);
    const still = await render(onGpu).finally(() => vi.unstubAllEnvs());
    const warning = 'The graphics card failed while it rendered. The processor rendered it instead.';
    expect(still.metadata).toMatchObject({ device: 'cpu', warnings: [warning] });
    expect(test.logs.filter(({ level }) => level === 'warn').map(({ message, fields }) => [message, fields])).toEqual([
      [warning, { log: expect.arrayContaining(['Failed to create CUDA context (Unknown error)']) }],
    ]);
    expect((await render({ ...onGpu, device: 'cpu' })).sha256).toBe(still.sha256);
  });

  it('reports progress that never goes back and ends at one', async () => {
    await render(SMALL);
    const fractions = test.progress.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
    expect(new Set(test.progress.map(({ message }) => message))).toContain('Rendering the product');
  });

  it('refuses a model that Blender cannot read', async () => {
    const glb = await makeGlb([LEFT, RIGHT]);
    await expect(render(SMALL, { glb: glb.subarray(0, glb.length - 400) })).rejects.toMatchObject({
      code: 'IMPORT_FAILED',
      isRetryable: false,
    });
  });

  it('refuses a bounding box that belongs to something else', async () => {
    await expect(render(SMALL, { bboxMm: { min: [0, 0, 0], max: [900, 900, 900] } })).rejects.toMatchObject({
      code: 'BBOX_MISMATCH',
    });
  });

  it('takes the bounding box of the CAD file, in millimetres and CAD axes', async () => {
    const still = await render({ ...SMALL, transparent: true }, { bboxMm: { min: [-22, -10, 0], max: [22, 10, 42] } });
    expect(still.metadata.coverage).toBeGreaterThan(0.3);
  });

  it('stops when it is cancelled', async () => {
    const rendering = render({ ...SMALL, resolution: { width: 2048, height: 2048 }, samples: 4096 });
    await expect.poll(() => test.progress.length).toBeGreaterThan(1);
    test.abort();
    await expect(rendering).rejects.toThrow('cancelled');
  });
});
