import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ARTIFACT_ROLES } from './artifacts.js';
import { CAPABILITIES, FAMILIES, type ProductionModule } from './define.js';
import { ENTRY_SLOTS } from './entry.js';
import { MODULES } from './registry.js';

/** The steps of the old pipeline, as the architecture paper calls them: its runtime services, the flows it orchestrates, and the step it
 * wants as a module. */
const OLD_STEPS = [
  ...['setup', 'template_resolution', 'material_mapping', 'bbox_resolution', 'publish', 'notify'],
  ...['still', 'turntable', 'blend_export'],
  'cad_import',
];

const all: [string, ProductionModule][] = Object.entries(MODULES);

describe.each(all)('%s', (key, module) => {
  it('lies at the path its key names', () => {
    expect(module.key).toBe(key);
    expect(existsSync(new URL(`${key.replace('.', '/')}.ts`, import.meta.url))).toBe(true);
  });

  it('explains itself', () => {
    expect(module.title.length).toBeGreaterThan(2);
    expect(module.description.length).toBeGreaterThan(20);
    for (const port of [...Object.values(module.inputs), ...Object.values(module.outputs)])
      expect(port.description.length).toBeGreaterThan(5);
    for (const schema of Object.values(
      (module.paramSchema.properties ?? {}) as Record<string, { title?: string; description?: string }>,
    ))
      expect([schema.title, schema.description]).toEqual([expect.any(String), expect.any(String)]);
  });

  it('is valid as soon as it is placed, and rejects params it does not know with their path', () => {
    expect(module.params.strict().safeParse(module.defaults).success).toBe(true);
    const bad = module.params.strict().safeParse({ ...module.defaults, no_such_param: 1 });
    expect(bad.error?.issues[0]).toMatchObject({ code: 'unrecognized_keys', keys: ['no_such_param'] });
  });

  it('declares roles, slots, families and limits that exist', () => {
    for (const role of [...module.artifactRolesConsumed, ...module.artifactRolesProduced])
      expect(Object.keys(ARTIFACT_ROLES)).toContain(role);
    for (const port of Object.values(module.inputs))
      if (port.entry) expect(Object.keys(ENTRY_SLOTS)).toContain(port.entry);
    expect(FAMILIES).toEqual(expect.arrayContaining([...module.families]));
    expect(CAPABILITIES).toContain(module.execution.capability);
    expect(module.execution.timeoutMs).toBeGreaterThan(0);
    expect(module.execution.retry.attempts).toBeGreaterThan(0);
  });

  it('names a step of the old pipeline that it replaces, or none', () => {
    expect([...OLD_STEPS, null]).toContain(module.legacySource);
  });

  it('has a form that draft-7 readers understand', () => {
    expect(module.paramSchema).toMatchObject({ type: 'object' });
    expect(JSON.stringify(module.paramSchema)).not.toContain('$schema');
  });
});

it('replaces every step of the old pipeline', () => {
  expect(OLD_STEPS.filter((step) => !all.some(([, { legacySource }]) => legacySource === step))).toEqual([]);
});

it('is cheap to import: no image library, no OpenCascade', async () => {
  const script = `import('./modules/registry.ts').then(() => console.log(JSON.stringify(process.report.getReport().sharedObjects.filter((file) => file.includes('node_modules') && /sharp|vips/.test(file)))))`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', '-e', script], {
    cwd: new URL('..', import.meta.url),
  });
  expect(JSON.parse(stdout)).toEqual([]);
});
