import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineModule } from '../modules/define.js';
import type { JsonObject } from '../modules/json.js';
import { MODULES } from '../modules/registry.js';
import { canonicalGraphJson } from './canonical.js';
import { compilePlan } from './compilePlan.js';
import { resolveParams } from './invocation.js';
import { lookupIn } from './nodeDefinition.js';
import { NODE_DEFINITIONS, nodeDefinition } from './nodeDefinitions.js';
import { checkParams } from './params.js';
import { STARTERS } from './starters/index.js';
import { openGraph } from './upgradeGraph.js';
import { validateGraph } from './validate.js';

const NEW = z.number().min(0).max(1).default(0.5).meta({ title: 'Sheen', 'x-invocation': true });

/** Every module as it would be with one more optional param, of the same version. */
const grown = Object.fromEntries(
  Object.entries(NODE_DEFINITIONS).map(([step, definition]) => {
    const { spec } = MODULES[definition.module.key as keyof typeof MODULES] as {
      spec: Parameters<typeof defineModule>[0];
    };
    return [step, { ...definition, module: defineModule({ ...spec, params: spec.params.safeExtend({ sheen: NEW }) }) }];
  }),
);
const grownLookup = lookupIn(grown);

describe.each(Object.entries(grown))('a new optional param of %s', (step, { module }) => {
  const before = nodeDefinition(step)!.module;

  it('does not break callers who do not know it', () => {
    const { defaults } = before;
    expect(checkParams(module, {})).toEqual({ ok: true, params: { ...defaults, sheen: 0.5 } });
    expect(checkParams(module, defaults)).toEqual({ ok: true, params: { ...defaults, sheen: 0.5 } });
    expect(checkParams(before, { sheen: 0.5 }).ok).toBe(false);
  });

  it('shows in the contract, whose etag it changes, and leaves ports and version as they were', () => {
    expect(module.etag).not.toBe(before.etag);
    expect(module.version).toBe(before.version);
    expect(module.inputContract).toEqual(before.inputContract);
    expect(module.outputContract).toEqual(before.outputContract);
    expect((module.paramSchema.required as string[] | undefined) ?? []).not.toContain('sheen');
  });
});

describe.each(STARTERS.map((starter) => [starter.key, starter.graph] as const))(
  'the stored graph %s',
  (_key, graph) => {
    it('opens as before, is valid, and becomes the same plan when all its modules get a new optional param', () => {
      const stored = JSON.parse(canonicalGraphJson(graph));
      expect(openGraph(stored, grownLookup)).toEqual(openGraph(stored, nodeDefinition));
      expect(validateGraph(graph, grownLookup)).toEqual([]);

      const plan = (lookup: typeof nodeDefinition) => compilePlan(graph, lookup, resolveParams(graph, lookup).params);
      const withoutNew = ({ sheen: _, ...params }: JsonObject) => params;
      const nodes = plan(grownLookup).nodes.map((node) => ({ ...node, params: withoutNew(node.params) }));
      expect(nodes.map(({ params, bindings }) => ({ params, bindings }))).toEqual(
        plan(nodeDefinition).nodes.map(({ params, bindings }) => ({ params, bindings })),
      );
    });
  },
);
