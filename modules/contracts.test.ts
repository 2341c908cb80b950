import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileArtifactStore } from '../runtime/artifacts/fileStore.js';
import { moduleArtifacts } from '../runtime/runs/moduleArtifacts.js';
import { Workplace } from '../runtime/runs/workplace.js';
import {
  type FirstThings,
  firstThings,
  type LargeThings,
  largeThings,
  type Made,
  SAMPLES,
} from '../tests/support/moduleSamples.js';
import { type Ended, ModulesApart } from '../tests/support/modulesApart.js';
import { describeWith } from '../tests/support/tools.js';
import { pointer } from '../workflow/finding.js';
import { checkParams } from '../workflow/params.js';
import type { ArtifactRef } from './artifacts.js';
import type { ProductionModule } from './define.js';
import type { JsonObject, JsonSchema, JsonValue } from './json.js';
import { MODULES } from './registry.js';

// Holds every registered module to what its contract says, with real files and in processes of their own.
const all = Object.entries<ProductionModule>(MODULES);

let root: string;
let storeDir: string;
let silent: Server;
let hearCall = () => {};
let first: FirstThings;
let large: LargeThings;
/** The contract's own limit, from being told to stop until nothing runs any more. */
const STOP_MS = 2000;
/** On a busy machine one may be late because others have the processor; a module that does not stop is late every time. */
const STOPS_TRIED = 3;

/** The second one must come to the same bytes. */
let hosts: [ModulesApart, ModulesApart];
const made: Record<string, Made> = {};

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'hartomat-contracts-'));
  storeDir = path.join(root, 'artifacts');
  silent = createServer(() => hearCall());
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const silentUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/hook`;
  const artifacts = moduleArtifacts(new FileArtifactStore(storeDir), new Workplace(path.join(root, 'first')));
  [first, large] = await Promise.all([firstThings(artifacts, silentUrl), largeThings(artifacts)]);
  const env = { HARTOMAT_WEBHOOK_ALLOW_HOSTS: '127.0.0.1' };
  hosts = await Promise.all([
    ModulesApart.start(path.join(root, 'one'), storeDir, { env }),
    ModulesApart.start(path.join(root, 'two'), storeDir, { env }),
  ]);
});
afterAll(async () => {
  await Promise.all(hosts?.map((host) => host.stop()) ?? []);
  silent?.closeAllConnections();
  silent?.close();
  await rm(root, { recursive: true, force: true });
});

it('has a sample of every module', () => {
  expect(Object.keys(SAMPLES).sort()).toEqual(Object.keys(MODULES).sort());
});

it('runs them where they can write nowhere else', ({ skip }) => {
  const isConfined = hosts.every((host) => host.isConfined);
  if (!isConfined && process.env.CI !== 'true')
    skip('this system lets nobody make a mount namespace (unshare --mount)');
  expect(isConfined).toBe(true);
});

for (const key of Object.keys(SAMPLES) as (keyof typeof SAMPLES)[]) {
  const module: ProductionModule = MODULES[key];
  const inputsOf = () => SAMPLES[key].inputs(made, first);
  const tests = () => {
    it('yields exactly what it declares, and writes nowhere but into its workdir', async () => {
      const [host] = hosts;
      const given = filesOf(inputsOf());
      await Promise.all(given.map((file) => chmod(file.path, 0o444)));
      const ended = await (await host.run(key, inputsOf(), SAMPLES[key].params ?? {})).ended;
      made[key] = valuesOf(ended);
      expectDeclared(module, made[key]!);
      expect(await host.strayed()).toEqual([]);
      for (const { path: file, sha256 } of given) expect(await sha256Of(file)).toBe(sha256);
    });

    if (module.execution.determinism === 'pure')
      it('gives the same bytes again in another process, as it says', async () => {
        const again = await (await hosts[1].run(key, inputsOf(), SAMPLES[key].params ?? {})).ended;
        expect(contentOf(valuesOf(again))).toEqual(contentOf(made[key]!));
      });

    it('stops within two seconds when told to in the middle of its work, and leaves no process behind', async () => {
      const [host] = hosts;
      const { busy, mayEndSooner } = SAMPLES[key];
      const extra = busy(large, first, made);
      const stop = async () => {
        const called = new Promise<void>((resolve) => {
          hearCall = resolve;
        });
        const running = await host.run(
          key,
          { ...inputsOf(), ...extra.inputs },
          { ...SAMPLES[key].params, ...extra.params },
        );
        // Not all of them tell how far they are: one calls, and some only compute.
        await (mayEndSooner ? running.started : Promise.race([running.begun, called]));
        const { ended, tookMs } = await running.stop();
        if (!mayEndSooner)
          expect(ended, 'the sample does not keep it busy long enough').toMatchObject({ message: /cancel/ });
        expect(await host.strayed()).toEqual([]);
        return tookMs;
      };
      const took: number[] = [];
      while (took.length < STOPS_TRIED && !took.some((ms) => ms < STOP_MS)) took.push(await stop());
      expect(Math.min(...took), `it took ${took.map(Math.round).join(', ')} ms`).toBeLessThan(STOP_MS);
    });
  };
  if (module.execution.capability === 'blender') describeWith('blender', key, tests);
  else describe(key, tests);
}

describe('once the processes have ended', () => {
  it('nothing of the modules is left', async () => {
    await Promise.all(hosts.map((host) => host.stop()));
    const left = async () =>
      (await Promise.all(hosts.map((host) => host.processes()))).flatMap((found) => [...found.values()]);
    await expect.poll(left).toEqual([]);
  });
});

describe.each(all)('the params of %s', (_key, module) => {
  const schema = module.paramSchema;

  it('are refused with the place of the mistake', () => {
    for (const { path: at, value } of mistakes(schema)) {
      const check = checkParams(module, withValue(module.defaults, at, value));
      expect(check.ok, `${pointer(...at)} took ${JSON.stringify(value)}`).toBe(false);
      if (check.ok) continue;
      const found = check.issues.map((issue) => pointer(...issue.path));
      expect(
        found.some((place) => place === pointer(...at) || place.startsWith(`${pointer(...at)}/`)),
        `${pointer(...at)}: ${found}`,
      ).toBe(true);
    }
  });

  it('have bounds', () => {
    for (const { path: at, schema: leaf } of leaves(schema)) {
      const place = pointer(...at);
      if (leaf.type === 'number' || leaf.type === 'integer')
        expect(['minimum', 'exclusiveMinimum'].some((bound) => bound in leaf) && 'maximum' in leaf, place).toBe(true);
      if (leaf.type === 'string')
        expect(
          ['enum', 'const', 'oneOf', 'pattern', 'maxLength', 'format'].some((bound) => bound in leaf),
          place,
        ).toBe(true);
      if (leaf.type === 'array') expect('maxItems' in leaf, place).toBe(true);
    }
  });
});

function valuesOf(ended: Ended): Made {
  if (ended.type === 'done') return ended.values;
  throw new Error(`It failed: ${ended.code ?? ended.name}: ${ended.message}`);
}

function expectDeclared(module: ProductionModule, values: Made): void {
  const given = Object.keys(values).filter((name) => values[name] !== undefined);
  // The sample is such that the optional ones are there too.
  expect(given.sort()).toEqual(Object.keys(module.outputs).sort());
  const roles = new Set<string>();
  for (const [name, port] of Object.entries(module.outputs)) {
    const value = values[name];
    expect(Array.isArray(value), `${name} is ${port.many ? 'no' : 'a'} list`).toBe(
      port.many || (port.kind === 'data' && Array.isArray(value)),
    );
    for (const one of port.many ? (value as unknown[]) : [value]) {
      if (port.kind === 'data') {
        expect(port.schema.safeParse(one).error).toBeUndefined();
        continue;
      }
      const artifact = one as ArtifactRef;
      expect(port.roles).toContain(artifact.role);
      roles.add(artifact.role);
      expect(port.mediaTypes).toContain(artifact.mediaType);
      expect(artifact.byteSize).toBeGreaterThan(0);
      expect(artifact.fileName).toMatch(/\.[a-z0-9]+$/i);
    }
  }
  expect([...roles].sort()).toEqual([...module.artifactRolesProduced].sort());
}

const isArtifact = (value: unknown): value is ArtifactRef =>
  typeof value === 'object' && value !== null && 'sha256' in value && 'byteSize' in value;

/** What must be the same: bytes, role, type, name and facts; not the id of this production. */
function contentOf(values: Made): unknown {
  return JSON.parse(JSON.stringify(values, (_key, value) => (isArtifact(value) ? { ...value, id: null } : value)));
}

function filesOf(inputs: Record<string, unknown>): { path: string; sha256: string }[] {
  const store = new FileArtifactStore(storeDir);
  return Object.values(inputs)
    .flat()
    .filter(isArtifact)
    .map(({ sha256 }) => ({ path: store.path(sha256), sha256 }));
}

const sha256Of = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

interface Leaf {
  path: string[];
  schema: JsonSchema;
}

/** The schema's params, those inside objects, and what lists and records hold. */
function leaves(schema: JsonSchema, at: string[] = []): Leaf[] {
  const inner = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
  if (schema.items) inner.push(['0', schema.items as JsonSchema]);
  if (schema.additionalProperties) inner.push(['any name', schema.additionalProperties as JsonSchema]);
  return inner.flatMap(([name, one]) => [{ path: [...at, name], schema: one }, ...leaves(one, [...at, name])]);
}

/** Values that the schema's own words forbid, and where. */
function mistakes(schema: JsonSchema): { path: string[]; value: JsonValue }[] {
  const unknown = [
    [],
    ...leaves(schema)
      .filter(({ schema: leaf }) => leaf.properties)
      .map(({ path: at }) => at),
  ];
  return [
    ...unknown.map((at) => ({ path: [...at, 'no_such_param'], value: 1 })),
    ...leaves(schema).flatMap(({ path: at, schema: leaf }) => wrongFor(leaf).map((value) => ({ path: at, value }))),
  ];
}

/** One of them every pattern forbids. */
const STRANGE = ['\0', '{nothing}'];

function wrongFor(schema: JsonSchema): JsonValue[] {
  const { type, minimum, exclusiveMinimum, maximum, maxLength, maxItems, enum: options, oneOf, pattern } = schema;
  const wrong: JsonValue[] = [];
  if (type === 'number' || type === 'integer') wrong.push('many', null);
  if (type === 'integer') wrong.push(1.5);
  if (typeof minimum === 'number') wrong.push(minimum - 1);
  if (typeof exclusiveMinimum === 'number') wrong.push(exclusiveMinimum);
  if (typeof maximum === 'number') wrong.push(maximum + 1);
  if (type === 'boolean') wrong.push('yes');
  if (type === 'string') wrong.push(7, ['text']);
  if (typeof maxLength === 'number' && maxLength <= 10_000) wrong.push('x'.repeat(maxLength + 1));
  if (options || (Array.isArray(oneOf) && oneOf.every((option) => Object.hasOwn(option as object, 'const'))))
    wrong.push('no such option');
  if (typeof pattern === 'string') wrong.push(STRANGE.find((text) => !new RegExp(pattern, 'u').test(text))!);
  if (type === 'array') wrong.push('text');
  if (typeof maxItems === 'number') wrong.push(Array.from({ length: maxItems + 1 }, () => null));
  if (type === 'object') wrong.push(3, 'text');
  return wrong;
}

function withValue(params: JsonObject, [name, ...rest]: string[], value: JsonValue): JsonObject {
  if (name === undefined) return params;
  if (rest[0] === '0') return { ...params, [name]: [rest.length === 1 ? value : withValue({}, rest.slice(1), value)] };
  const inner = params[name];
  const isObject = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
  return { ...params, [name]: rest.length === 0 ? value : withValue(isObject ? inner : {}, rest, value) };
}
