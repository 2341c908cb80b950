import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../modules/json.js';
import type { Finding } from './finding.js';
import { type InvocationLayers, PARAM_LAYERS, resolveParams } from './invocation.js';
import { nodeDefinition } from './nodeDefinitions.js';
import { checkParams } from './params.js';
import { anyGraph, graphOf, orderGraph } from './testGraphs.js';
import { testLookup } from './testModules.js';

const resolve = (graph: Parameters<typeof resolveParams>[0], layers?: InvocationLayers) =>
  resolveParams(graph, testLookup, layers);

describe('resolveParams', () => {
  it('fills in the defaults of the module', () => {
    const { params, origins, findings } = resolve(orderGraph());
    expect(params.still).toEqual({ samples: 64, seed: 0, background: { kind: 'transparent' }, format: 'png' });
    expect(origins.still).toEqual({
      samples: 'module_default',
      seed: 'module_default',
      background: 'module_default',
      format: 'module_default',
    });
    expect(params.source).toEqual({});
    expect(findings).toEqual([]);
  });

  it('lets the order line win over the output type, that over the node, that over the module', () => {
    const graph = graphOf('order_line', {
      a: 'render',
      b: { step: 'render', params: { samples: 1, seed: 5 } },
    });
    const layers = { outputType: { samples: 2, format: 'jpeg', background: { kind: 'color', hex: '#ffffff' } } };
    expect(resolve(graph).params.b).toMatchObject({ samples: 1, seed: 5, format: 'png' });
    expect(resolve(graph, layers).params.b).toMatchObject({ samples: 2, seed: 5, format: 'jpeg' });
    const { params, origins, findings } = resolve(graph, { ...layers, orderLine: { samples: 3 } });
    expect(params.a).toMatchObject({ samples: 3, seed: 0, format: 'jpeg' });
    expect(origins.b).toEqual({
      samples: 'order_line',
      seed: 'node',
      background: 'output_type',
      format: 'output_type',
    });
    expect(findings).toEqual([]);
  });

  it('reaches every node that takes a param of that name', () => {
    const { params } = resolve(orderGraph(), { outputType: { samples: 8, quality: 'fine', template: 'dark' } });
    expect([params.still!.samples, params.notify!.samples, params.mesh!.quality, params.template!.template]).toEqual([
      8,
      8,
      'fine',
      'dark',
    ]);
  });

  it('reaches one node alone by its address, whatever the plain name says, and the order line beats both', () => {
    const graph = graphOf('order_line', { a: 'render', b: 'render' });
    const outputType = { samples: 2, 'b.samples': 3 };
    const { params, origins, findings } = resolve(graph, { outputType });
    expect([params.a!.samples, params.b!.samples, origins.b!.samples, findings]).toEqual([2, 3, 'output_type', []]);
    const ordered = resolve(graph, { outputType, orderLine: { samples: 4 } });
    expect([ordered.params.a!.samples, ordered.params.b!.samples]).toEqual([4, 4]);
  });

  it('points to the address of a value that does not fit, and says which addresses lead nowhere', () => {
    const graph = graphOf('order_line', { a: 'render', b: 'render' });
    const { findings } = resolve(graph, { outputType: { 'b.samples': 0, 'c.samples': 1, 'a.seed': 1 } });
    expect(findings.map(({ code, nodeId, path }) => [code, nodeId, path])).toEqual([
      ['OVERRIDE_INVALID', 'b', '/overrides/b.samples'],
      ['OVERRIDE_UNUSED', undefined, '/overrides/c.samples'],
      ['OVERRIDE_UNUSED', undefined, '/overrides/a.seed'],
    ]);
  });

  it('says of a name that it reaches nothing where other names stand over it', () => {
    const graph = graphOf('order_line', { a: 'render', b: 'render' });
    const { params, findings } = resolve(graph, { outputType: { samples: 2, 'a.samples': 3, 'b.samples': 4 } });
    expect([params.a!.samples, params.b!.samples]).toEqual([3, 4]);
    expect(findings).toMatchObject([
      {
        code: 'OVERRIDE_UNUSED',
        path: '/overrides/samples',
        message:
          'No node of the workflow takes the setting “samples” of the output type: “a.samples” and “b.samples” stand over it.',
      },
    ]);
  });

  it('says of a name that it reaches nothing exactly where it makes no difference', () => {
    const names = fc.constantFrom('samples', 'a.samples', 'b.samples', 'c.samples', 'format', 'a.format', 'quality');
    const values = fc.constantFrom<JsonObject[string]>(7, 8, 'png', 'draft');
    fc.assert(
      fc.property(anyGraph, fc.dictionary(names, values, { maxKeys: 5 }), (graph, outputType) => {
        fc.pre(new Set(graph.nodes.map(({ id }) => id)).size === graph.nodes.length);
        const all = resolve(graph, { outputType });
        for (const name of Object.keys(outputType)) {
          const { [name]: _, ...others } = outputType;
          const without = resolve(graph, { outputType: others });
          const isUnused = all.findings.some(
            ({ code, path }) => code === 'OVERRIDE_UNUSED' && path === `/overrides/${name}`,
          );
          const here = (findings: Finding[]) => findings.filter(({ path }) => path !== `/overrides/${name}`);
          if (isUnused) expect([without.params, without.origins]).toEqual([all.params, all.origins]);
          // What stands in for it may happen to be the same.
          else if (!Object.values(others).includes(outputType[name]!))
            expect({ ...without, findings: here(without.findings) }).not.toEqual(all);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gives a choice to the nodes that offer it, and none that nobody offers', () => {
    const graph = graphOf('order_line', { still: 'blender_still', film: 'blender_turntable' });
    const both = (outputType: JsonObject) => {
      const { params, findings } = resolveParams(graph, nodeDefinition, { outputType });
      return [params.still!.format, params.film!.format, ...findings.map(({ code, nodeId }) => `${code} ${nodeId}`)];
    };
    expect(both({ format: 'webm' })).toEqual(['png', 'webm', 'OVERRIDE_NARROWED still']);
    expect(both({ format: 'webp' })).toEqual(['webp', 'webp']);
    expect(both({ format: 'webm', 'still.format': 'jpeg' })).toEqual(['jpeg', 'webm']);
    expect(both({ format: 'gif' })).toEqual(['png', 'mp4', 'OVERRIDE_INVALID still', 'OVERRIDE_INVALID film']);
  });

  it('leaves params alone that are not open to invocation', () => {
    const { params, findings } = resolve(orderGraph(), { outputType: { seed: 9 } });
    expect(params.still!.seed).toBe(0);
    expect(findings).toMatchObject([{ code: 'OVERRIDE_UNUSED', severity: 'warning', path: '/overrides/seed' }]);
  });

  it('reports a value that a module refuses and goes on without it', () => {
    const { params, origins, findings } = resolve(orderGraph(), {
      outputType: { samples: 32, quality: 'best' },
      orderLine: { samples: 'many' },
    });
    expect(findings.map(({ code, severity, nodeId, path }) => ({ code, severity, nodeId, path }))).toEqual([
      { code: 'OVERRIDE_INVALID', severity: 'error', nodeId: 'mesh', path: '/overrides/quality' },
      { code: 'OVERRIDE_INVALID', severity: 'error', nodeId: 'still', path: '/options/samples' },
      { code: 'OVERRIDE_INVALID', severity: 'error', nodeId: 'notify', path: '/overrides/samples' },
      { code: 'OVERRIDE_INVALID', severity: 'error', nodeId: 'notify', path: '/options/samples' },
    ]);
    expect(findings[0]!.message).toBe(
      'A setting of the output type does not fit “Mesh”: “Quality” must be one of draft, standard, fine, not "best".',
    );
    expect(params.still!.samples).toBe(32);
    expect(origins.still!.samples).toBe('output_type');
    expect(origins.mesh!.quality).toBe('module_default');
  });

  it('points into the override', () => {
    const { findings } = resolve(orderGraph(), { outputType: { background: { kind: 'color', hex: 'red' } } });
    expect(findings).toMatchObject([{ path: '/overrides/background/hex' }]);
  });

  it('refuses overrides that do not go together', () => {
    const alone = resolve(orderGraph(), { outputType: { format: 'jpeg' } });
    expect(alone.findings).toMatchObject([{ code: 'OVERRIDE_INVALID', path: '/overrides/format' }]);
    expect(alone.params.still!.format).toBe('png');
    const two = resolve(orderGraph(), { outputType: { format: 'jpeg', samples: 3 } });
    expect(two.findings).toMatchObject([{ code: 'OVERRIDE_INVALID', path: '/overrides', nodeId: 'still' }]);
    expect(two.params.still).toMatchObject({ format: 'png', samples: 64 });
  });

  it('says the same thing about many nodes once', () => {
    const graph = graphOf('order_line', { a: 'render', b: 'render', c: 'render' });
    expect(resolve(graph, { outputType: { samples: 0 } }).findings).toHaveLength(1);
  });

  it("reports the node's own bad params and uses the defaults instead", () => {
    const graph = graphOf('order_line', { still: { step: 'render', params: { samples: 0, seed: 3, other: 1 } } });
    const { params, findings } = resolve(graph, { outputType: { format: 'png' } });
    expect(params.still).toMatchObject({ samples: 64, seed: 3, format: 'png' });
    expect(findings.map(({ code, path }) => [code, path])).toEqual([
      ['PARAM_UNKNOWN', '/nodes/0/params/other'],
      ['PARAM_INVALID', '/nodes/0/params/samples'],
    ]);
  });

  it('gives every known node complete and valid params, whatever the graph and the layers', () => {
    const layer = fc.dictionary(
      fc.constantFrom('samples', 'quality', 'format', 'background', 'template', '__proto__', 'constructor'),
      fc.oneof(fc.constantFrom<unknown>(1, 64, 'jpeg', 'draft', { kind: 'color', hex: '#000000' }), fc.jsonValue()),
    ) as fc.Arbitrary<JsonObject>;
    fc.assert(
      fc.property(anyGraph, layer, layer, (graph, outputType, orderLine) => {
        const { params, origins, findings } = resolve(graph, { outputType, orderLine });
        for (const { id } of graph.nodes) {
          const nodesOfId = graph.nodes.filter((node) => node.id === id);
          const definition = testLookup(nodesOfId.at(-1)!.step);
          if (nodesOfId.length > 1 || !definition) continue;
          expect(checkParams(definition.module, params[id]!)).toEqual({ ok: true, params: params[id] });
          expect(Object.keys(origins[id]!).sort()).toEqual(Object.keys(params[id]!).sort());
          expect(Object.values(origins[id]!).every((origin) => PARAM_LAYERS.includes(origin))).toBe(true);
        }
        for (const name of Object.keys(outputType)) {
          const isAccounted =
            Object.values(origins).some((of) => of[name] === 'output_type' || of[name] === 'order_line') ||
            findings.some(({ code }) => code.startsWith('OVERRIDE_'));
          expect(isAccounted, name).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});
