import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { artifactPort, type Contract, dataPort, defineModule } from '../modules/define.js';
import { canLink, legalLinks } from './links.js';
import { TEST_DEFINITIONS, TEST_MODULES } from './testModules.js';

const port = (contract: Contract, name: string) => contract[name]!;

describe('canLink', () => {
  it('connects files that share a role and a media type', () => {
    const { render, publish } = TEST_MODULES;
    expect(canLink(port(render.outputContract, 'still'), port(publish.inputContract, 'source'))).toEqual({ ok: true });
  });

  it('says which role is expected', () => {
    const { source, render } = TEST_MODULES;
    expect(canLink(port(source.outputContract, 'step'), port(render.inputContract, 'glb'))).toEqual({
      ok: false,
      reason: 'the output is step_source, the input takes glb_model',
    });
  });

  it('says which media type is expected', () => {
    const module = defineModule({
      ...TEST_MODULES.mesh.spec,
      key: 'test.png_only',
      inputs: { still: artifactPort('still_image', 'image/webp', { description: 'Picture.' }) },
      outputs: {},
      params: z.object({}),
      run: async () => ({}),
    });
    expect(canLink(port(TEST_MODULES.render.outputContract, 'still'), port(module.inputContract, 'still'))).toEqual({
      ok: false,
      reason: 'the file is image/png or image/jpeg, the input takes image/webp',
    });
  });

  it('connects what gives many only to what takes many', () => {
    const { totals, sum, spread } = TEST_MODULES;
    const many = port(totals.outputContract, 'totals');
    expect(canLink(many, port(sum.inputContract, 'totals'))).toEqual({ ok: true });
    expect(canLink(many, port(spread.inputContract, 'gate'))).toEqual({
      ok: false,
      reason: 'the output is a list, the input takes one',
    });
  });

  it('keeps files and data apart', () => {
    const { count, mesh, sum, source } = TEST_MODULES;
    expect(canLink(port(count.outputContract, 'total'), port(mesh.inputContract, 'step')).ok).toBe(false);
    expect(canLink(port(source.outputContract, 'step'), port(sum.inputContract, 'totals')).ok).toBe(false);
  });

  it('compares data by schema', () => {
    const { count, sum, label } = TEST_MODULES;
    expect(canLink(port(count.outputContract, 'total'), port(sum.inputContract, 'totals')).ok).toBe(true);
    expect(canLink(port(count.outputContract, 'total'), port(label.inputContract, 'text')).ok).toBe(false);
  });
});

it('lists every legal link as data', () => {
  const links = legalLinks(
    Object.values(TEST_DEFINITIONS).filter(({ step }) => step !== 'spread' && step !== 'totals'),
  ).map(({ from, to }) => `${from.step}.${from.port} -> ${to.step}.${to.port}`);
  expect(links.sort()).toEqual([
    'count.total -> sum.totals',
    'label.text -> label.text',
    'mesh.draft -> publish.source',
    'mesh.draft -> render.glb',
    'mesh.glb -> publish.source',
    'mesh.glb -> render.glb',
    'publish.asset -> notify.asset',
    'render.still -> publish.source',
    'source.step -> mesh.step',
    'source.step -> source.source',
    'sum.total -> sum.totals',
    'template.template -> render.template',
  ]);
});

it('accepts a data port that takes anything', () => {
  const any = dataPort(z.unknown(), { description: 'Anything.' });
  const module = defineModule({
    ...TEST_MODULES.count.spec,
    key: 'test.any',
    inputs: { any },
    run: async () => ({ total: { total: 0 } }),
  });
  expect(canLink(port(TEST_MODULES.label.outputContract, 'text'), port(module.inputContract, 'any')).ok).toBe(true);
});
