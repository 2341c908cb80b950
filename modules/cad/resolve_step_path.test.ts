import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { instanceBomb, missingReference, withNoise } from '../../tests/fixtures/step/awkward.js';
import { contextWithStep, fixture, type TestContext } from '../../tests/fixtures/step/cases.js';
import { resolveStepPath } from './resolve_step_path.js';
import { MAX_STEP_BYTES } from './stepText.js';

let test: TestContext;
afterEach(() => test.cleanup());

async function run(source: string | Uint8Array, byteSize?: number) {
  const prepared = await contextWithStep(source);
  test = prepared.test;
  const step = byteSize === undefined ? prepared.step : { ...prepared.step, byteSize };
  return { source: step, ...(await resolveStepPath.spec.run(test.ctx, { source: step }, {})) };
}

describe('cad.resolve_step_path', () => {
  it('hands on the same bytes, with what the file says about itself', async () => {
    const { source, step } = await run(fixture('conveyor-48.step'));
    expect(step).toMatchObject({ role: 'step_source', mediaType: 'model/step', sha256: source.sha256 });
    expect(step.fileName).toBe('conveyor-48.step');
    expect(step.metadata).toMatchObject({
      schema: 'AUTOMOTIVE_DESIGN',
      declaredUnit: 'millimetre',
      productCount: 10,
      instanceCount: 363,
      externalFiles: [],
      warnings: [],
    });
    expect(await readFile(test.fileOf(step))).toEqual(await readFile(fixture('conveyor-48.step')));
    expect(test.progress.at(-1)).toMatchObject({ fraction: 1, message: '10 products, 363 instances' });
  });

  it('names files that are referred to but not there', async () => {
    const { step } = await run(Buffer.from(missingReference('gearbox.stp')));
    expect(step.metadata.externalFiles).toEqual(['gearbox.stp']);
    expect(test.logs.map((line) => line.message).join()).toContain('gearbox.stp');
  });

  it('warns of damaged records', async () => {
    const { step } = await run(withNoise(await readFile(fixture('housing-p205.step')), 20_000, 500));
    expect(step.metadata.warnings).not.toEqual([]);
    expect(test.logs.some((line) => line.level === 'warn')).toBe(true);
  });

  it('names records that are referred to but not there', async () => {
    const text = (await readFile(fixture('bearing-6205.step'), 'latin1')).replace(
      "#85 = MANIFOLD_SOLID_BREP('',#86)",
      "#85 = MANIFOLD_SOLID_BREP('',#999999)",
    );
    const { step } = await run(Buffer.from(text, 'latin1'));
    expect(step.metadata.warnings).toEqual([
      'The file refers to records it does not contain (#999999); parts or faces may be missing or out of place.',
    ]);
    expect(test.logs.map((line) => line.message)).toContainEqual(expect.stringContaining('#999999'));
  });

  it.each([
    ['bearing-6205.step', /^AUTOMOTIVE_DESIGN/, 'millimetre'],
    ['pillow-block-ucp205.step', /^AP242/, 'millimetre'],
    ['flanged-shaft-inch.step', /^CONFIG_CONTROL_DESIGN/, 'inch'],
  ])('tells application protocol and unit of %s', async (name, schema, declaredUnit) => {
    const { step } = await run(fixture(name));
    expect(step.metadata).toMatchObject({ schema: expect.stringMatching(schema), declaredUnit });
  });

  it.each([
    ['STEP_EMPTY', new Uint8Array()],
    ['STEP_NOT_STEP', withNoise(new Uint8Array(5000), 0, 5000)],
    ['STEP_NOT_STEP', Buffer.from('PK\x03\x04 a zip that calls itself STEP')],
    ['STEP_NO_DATA', Buffer.from('ISO-10303-21;HEADER;ENDSEC;DATA;ENDSEC;END-ISO-10303-21;')],
    ['STEP_TOO_MANY_INSTANCES', Buffer.from(instanceBomb(7, 10))],
  ])('refuses with %s', async (code, bytes) => {
    await expect(run(bytes)).rejects.toMatchObject({ code, failureClass: 'input' });
  });

  it('refuses a truncated file, and one too large to be read', async () => {
    await expect(run(fixture('corrupt-truncated.step'))).rejects.toMatchObject({ code: 'STEP_TRUNCATED' });
    await test.cleanup();
    const tooLarge = run(fixture('housing-p205.step'), MAX_STEP_BYTES + 1);
    await expect(tooLarge).rejects.toMatchObject({ code: 'STEP_TOO_LARGE' });
  });
});
