import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { artifactPort, defineModule } from '../modules/define.js';
import { packageDefinitions } from '../workflow/modulePackage.js';
import { NODE_DEFINITIONS } from '../workflow/nodeDefinitions.js';
import { loadModulePackages } from './modulePackages.js';

const declare = (key: string, more: object = {}) =>
  defineModule({
    key,
    version: 1,
    title: 'Own one',
    description: 'A module of somebody else.',
    families: ['cad_file'],
    inputs: {},
    outputs: {},
    params: z.object({ size: z.number().min(1).max(9).default(3), isFine: z.boolean().default(false) }),
    execution: { capability: 'cpu', determinism: 'pure', timeoutMs: 1000, retry: { attempts: 1, backoffMs: 0 } },
    legacySource: null,
    run: async () => ({}),
    ...more,
  });
const taken = new Set(['render.blender_still', 'blender_still', 'studio.there_already']);
const definitionsOf = (exported: object) => packageDefinitions('@studio/x', exported, taken);

describe('the modules of a package', () => {
  it('show as they are where the package says nothing of their look', () => {
    expect(definitionsOf({ modules: [declare('studio.one')] })).toMatchObject([
      {
        step: 'studio.one',
        label: 'Own one',
        description: 'A module of somebody else.',
        category: 'own',
        icon: 'box',
        uiSchema: {
          type: 'VerticalLayout',
          elements: [{ scope: '#/properties/size' }, { scope: '#/properties/isFine' }],
        },
      },
    ]);
  });

  it('show as the package says', () => {
    const panel = { groups: [{ label: 'How', params: ['isFine', 'size'] }] };
    const looks = { 'studio.one': { label: 'One', category: 'cad', icon: 'cube', panel } };
    expect(definitionsOf({ modules: [declare('studio.one')], looks })).toMatchObject([
      { label: 'One', category: 'cad', icon: 'cube', uiSchema: { elements: [{ type: 'Group', label: 'How' }] } },
    ]);
  });

  const bad = { description: 'A file.' };
  it.each<[object, string]>([
    [{}, 'it does not export a list called "modules"'],
    [{ modules: [{ key: 'studio.one' }] }, 'entry 1 of "modules" was not made with defineModule'],
    [{ modules: [declare('one')] }, '"one" must have a key like "studio.silhouette"'],
    [{ modules: [declare('render.blender_still')] }, '"render.blender_still" must not begin with "render."'],
    [{ modules: [declare('studio.there_already')] }, '"studio.there_already" is there already'],
    [{ modules: [declare('studio.one'), declare('studio.one')] }, '"studio.one" is there already'],
    [{ modules: [declare('studio.one', { families: ['car'] })] }, 'must be for cad_file or order_line'],
    [
      { modules: [declare('studio.one', { inputs: { a: artifactPort('hologram' as never, 'x/y', bad) } })] },
      'names an artifact role "hologram" at "a" that does not exist',
    ],
    [{ modules: [declare('studio.one')], looks: { 'studio.two': {} } }, 'a look for "studio.two", but no such module'],
    [
      { modules: [declare('studio.one')], looks: { 'studio.one': { category: 'render' } } },
      'the look of "studio.one" does not fit: CAD intake has no palette group "render"',
    ],
    [
      { modules: [declare('studio.one')], looks: { 'studio.one': { panel: { controls: { width: {} } } } } },
      'does not fit: The UI hints name a param “width”',
    ],
  ])('are refused with the name of the package: %#', (exported, why) => {
    expect(() => definitionsOf(exported)).toThrow(
      expect.objectContaining({
        code: 'MODULE_PACKAGE_INVALID',
        message: expect.stringMatching(/^The module package "@studio\/x" cannot be used: /),
      }),
    );
    expect(() => definitionsOf(exported)).toThrow(why);
  });
});

describe('loading module packages', () => {
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'hartomat-packages-'));
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  async function install(name: string, files: Record<string, string>) {
    const directory = path.join(home, 'node_modules', name);
    await mkdir(directory, { recursive: true });
    for (const [file, text] of Object.entries(files)) await writeFile(path.join(directory, file), text);
  }
  const load = (...names: string[]) => loadModulePackages(names, home, Object.values(NODE_DEFINITIONS));
  const manifest = (more: object = {}) => JSON.stringify({ type: 'module', ...more });

  it('follows "exports" and "main", to packages and to paths', async () => {
    const empty = 'export const modules = [];';
    await install('@studio/a', { 'package.json': manifest({ exports: { '.': { import: './a.js' } } }), 'a.js': empty });
    await install('b', { 'package.json': manifest({ main: './main.js' }), 'main.js': empty });
    expect(await load('@studio/a')).toEqual([]);
    expect(await load('b')).toEqual([]);
    expect(await load('./node_modules/b')).toEqual([]);
    expect(await load(path.join(home, 'node_modules/b/main.js'))).toEqual([]);
  });

  it('refuses a module that a package before has already', async () => {
    const exporting = (key: string) =>
      `export const modules = [{ ...${JSON.stringify(declare(key))}, run: async () => ({}) }];`;
    await install('first', { 'package.json': manifest(), 'index.js': exporting('studio.one') });
    await install('second', { 'package.json': manifest(), 'index.js': exporting('studio.one') });
    await install('third', { 'package.json': manifest(), 'index.js': exporting('studio.two') });
    expect((await load('first', 'third')).map(({ step }) => step)).toEqual(['studio.one', 'studio.two']);
    await expect(load('first', 'second')).rejects.toMatchObject({
      code: 'MODULE_PACKAGE_INVALID',
      message: expect.stringMatching(/"second" cannot be used: "studio.one" is there already/),
    });
  });

  it('says in one sentence which package is missing or broken, and why', async () => {
    await install('cjs', { 'package.json': '{}', 'index.js': 'exports.modules = [];' });
    await install('gone', { 'package.json': manifest({ exports: './gone.js' }) });
    await install('throws', { 'package.json': manifest(), 'index.js': 'throw new Error("no luck today");' });
    await install('empty', { 'package.json': manifest(), 'index.js': 'export {};' });
    await install('text', { 'package.json': '{' });
    const cases: [string, string, RegExp][] = [
      ['@studio/none', 'MODULE_PACKAGE_MISSING', /"@studio\/none", which is not there\. Install it in/],
      ['../none', 'MODULE_PACKAGE_MISSING', /"\.\.\/none", which is not there/],
      ['cjs', 'MODULE_PACKAGE_BROKEN', /"cjs" could not be loaded: it must be an ES module/],
      ['gone', 'MODULE_PACKAGE_BROKEN', /"gone" could not be loaded: its entry \.\/gone\.js is not there/],
      ['throws', 'MODULE_PACKAGE_BROKEN', /"throws" could not be loaded: no luck today/],
      ['text', 'MODULE_PACKAGE_BROKEN', /"text" could not be loaded: its package\.json/],
      ['empty', 'MODULE_PACKAGE_INVALID', /"empty" cannot be used: it does not export a list/],
    ];
    for (const [name, code, message] of cases)
      await expect(load(name)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});
