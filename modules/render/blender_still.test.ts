import { readFile } from 'node:fs/promises';
import { NodeIO } from '@gltf-transform/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { boxStills, LEFT, paint, RIGHT, SMALL } from '../../tests/support/boxStills.js';
import { useBrokenGpu } from '../../tests/support/brokenGpu.js';
import { type BoxPart, makeGlb } from '../../tests/support/glb.js';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { alive, allProcesses, type SeenProcess } from '../../tests/support/processes.js';
import { seededStudio } from '../../tests/support/seedLibrary.js';
import { describeWith } from '../../tests/support/tools.js';
import { blenderStill } from './blender_still.js';
import { blenderFacts } from './blenderFacts.js';
import { neutralStudio } from './neutralStudio.js';
import { residentBlenders } from './residentBlender.js';

let test: Awaited<ReturnType<typeof createTestContext>>;
beforeEach(async () => {
  test = await createTestContext();
});
afterEach(() => test.cleanup());

const { render, pixels } = boxStills(() => test);

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

  it('throws a shadow that other grain does not change to the eye: a plate on a thin foot', async () => {
    const template = await seededStudio('studio_soft');
    const parts: BoxPart[] = [
      { partId: 'p0', partName: 'Plate', size: [0.1, 0.004, 0.06], at: [[0, 0.05, 0]] },
      { partId: 'p1', partName: 'Foot', size: [0.004, 0.048, 0.004], at: [[0, 0.024, 0]] },
    ];
    const params = { resolution: { width: 256, height: 192 }, samples: 1, transparent: true };
    const camera = { azimuthDeg: 20, elevationDeg: 20 };
    // Right of the foot there is nothing but shadow.
    const shadowOf = async (seed: number) => {
      const { at } = await pixels(await render({ ...params, camera, seed }, { parts, template }));
      return Array.from({ length: 80 * 60 }, (_, i) => at(155 + (i % 80), 110 + Math.floor(i / 80))[3]!);
    };
    const [one, other] = [await shadowOf(0), await shadowOf(1)];
    expect(Math.min(...one)).toBeGreaterThan(0);
    const change = one.reduce((sum, alpha, i) => sum + (alpha - other[i]!) ** 2, 0) / one.length;
    expect(Math.sqrt(change)).toBeLessThan(2.2);
  });

  it('of a size for delivery is made by a Blender started for it, which ends with it; a small one by the resident', async () => {
    const final = { ...SMALL, resolution: { width: 640, height: 480 } };
    await render(SMALL);
    const residents = residentBlenders.pids;
    const [first, second] = [await startedFor(() => render(final)), await startedFor(() => render(final))];
    expect([first.length, second.length]).toEqual([1, 1]);
    expect(second).not.toEqual(first);
    expect(await alive([...first, ...second])).toEqual([]);
    expect(await startedFor(() => render(SMALL))).toEqual([]);
    expect(residentBlenders.pids).toEqual(residents);
  });

  it('is the same file for the same inputs and params, and another for another seed', async () => {
    const first = await render(SMALL);
    const again = await render(SMALL);
    const other = await render({ ...SMALL, seed: 1 });
    expect(again.sha256).toBe(first.sha256);
    expect(other.sha256).not.toBe(first.sha256);
    expect((await readFile(test.fileOf(first))).toString('latin1')).not.toMatch(/tEXt|iTXt|tIME/);
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

  it('is made by nothing else where only a graphics card may make it', async () => {
    const { gpuDevices } = await blenderFacts();
    if (gpuDevices.length === 0)
      await expect(render({ ...onGpu, device: 'gpu_only' })).rejects.toMatchObject({
        code: 'GPU_MISSING',
        failureClass: 'transient',
        message: expect.stringContaining('Cycles finds none on this machine (OPTIX, CUDA'),
      });
    await useBrokenGpu(test.dir);
    const failing = render({ ...onGpu, device: 'gpu_only' }).finally(() => vi.unstubAllEnvs());
    await expect(failing).rejects.toMatchObject({ code: 'GPU_FAILED', isRetryable: true });
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

  it('fails where nothing of the product can be seen', async () => {
    const document = await new NodeIO().readBinary(await makeGlb([LEFT]));
    for (const material of document.getRoot().listMaterials()) material.setAlphaMode('BLEND').setAlpha(0);
    const glb = await new NodeIO().writeBinary(document);
    await expect(
      render({ ...SMALL, transparent: true, shadow: false }, { glb, materials: { p0: null } }),
    ).rejects.toMatchObject({ code: 'PICTURE_EMPTY', failureClass: 'input' });
  });

  it.each([
    ['a tenth of a millimetre', 0.0001],
    ['fifty metres', 50],
  ])('shows a part of %s whole, near and far side, from every direction', async (_size, metres) => {
    const part: BoxPart = { partId: 'p0', partName: 'Cube', size: [metres, metres, metres], at: [[0, 0, 0]] };
    for (const framing of ['product', 'sphere']) {
      const still = await render(
        { ...SMALL, framing, transparent: true, shadow: false, camera: { azimuthDeg: 45, elevationDeg: 35.264 } },
        { parts: [part], materials: { p0: paint('#d01010') } },
      );
      // Along its space diagonal a cube is a hexagon, two corners exactly in the middle: the near one would be cut first.
      const { at, box, width, height } = await pixels(still);
      expect(Math.abs(box.left + box.right + 1 - width)).toBeLessThanOrEqual(2);
      expect(Math.abs(box.top + box.bottom + 1 - height)).toBeLessThanOrEqual(2);
      expect(box.bottom - box.top).toBeGreaterThan(0.8 * height);
      expect(box.top).toBeGreaterThan(0);
      const middle = at(width / 2, height / 2);
      expect([middle[3], middle[0]! > 2 * middle[1]!]).toEqual([255, true]);
    }
  });

  it('stops when it is cancelled', async () => {
    const rendering = render({ ...SMALL, resolution: { width: 2048, height: 2048 }, samples: 4096 });
    await expect.poll(() => test.progress.length).toBeGreaterThan(1);
    test.abort();
    await expect(rendering).rejects.toThrow('cancelled');
  });
});

/** Blenders that this process started while it worked. */
async function startedFor(work: () => Promise<unknown>): Promise<SeenProcess[]> {
  const blenders = async () =>
    (await allProcesses()).filter(
      ({ parent, command }) => parent === process.pid && command.includes(' -b --factory-startup'),
    );
  const before = new Set((await blenders()).map(({ pid }) => pid));
  const seen = new Map<number, SeenProcess>();
  let isDone = false;
  const working = work().finally(() => {
    isDone = true;
  });
  while (!isDone) for (const found of await blenders()) if (!before.has(found.pid)) seen.set(found.pid, found);
  await working;
  return [...seen.values()];
}
