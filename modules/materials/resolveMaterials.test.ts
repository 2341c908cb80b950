import { describe, expect, it } from 'vitest';
import { Material, type MaterialRule } from '../shapes/materials.js';
import type { Part } from '../shapes/objectTree.js';
import { ResolveMapParams } from './resolveMapParams.js';
import { type MaterialRequest, resolveMaterials } from './resolveMaterials.js';

const names = ['steel', 'brass', 'rubber', 'gold', 'clay'];
const library = {
  materials: names.map((name) => Material.parse({ name, label: name, baseColor: '#808080' })),
  rules: [
    { id: 'ring', priority: 10, category: null, partNamePattern: '*ring*', cadColor: null, material: 'steel' },
    {
      id: 'bearing_ring',
      priority: 20,
      category: 'bearings',
      partNamePattern: 'inner ring',
      cadColor: null,
      material: 'brass',
    },
  ] satisfies MaterialRule[],
};
const part = (partId: string, name: string, color: string | null = null, faceColors: string[] = []): Part => ({
  partId,
  name,
  color,
  faceColors,
  instanceCount: 1,
  triangleCount: 1,
  surfaceAreaMm2: 1,
  volumeMm3: 1,
});
const PARTS = [
  part('p0', 'Outer Ring'),
  part('p1', 'Inner Ring'),
  part('p2', 'Cage', '#c08a3e'),
  part('p3', 'Plug'),
  part('p4', 'Knob', null, ['#ff0000']),
];

function resolve(request: Omit<Partial<MaterialRequest>, 'params'> & { params?: object } = {}) {
  return resolveMaterials({
    parts: PARTS,
    library,
    product: null,
    orderLine: null,
    proposal: null,
    ...request,
    params: ResolveMapParams.parse(request.params ?? {}),
  });
}
const short = (map: ReturnType<typeof resolve>) =>
  map.assignments.map(({ source, material }) => `${source}:${material?.name ?? '-'}`);
const product = (materialAssignments: Record<string, string>, category: string | null = null) => ({
  sku: 's',
  name: 'n',
  category,
  materialAssignments,
});
const orderLine = (materialOverrides: Record<string, string>) => ({
  id: 'l',
  orderNumber: '1',
  lineNumber: 1,
  materialOverrides,
});
const proposal = (partId: string, material: string | null, confidence: number) => ({
  proposals: [{ partId, partName: '', material, confidence, ruleId: 'old', reason: '' }],
});

describe('precedence', () => {
  it('is total: rules, then CAD colours, then the default', () => {
    const map = resolve();
    expect(short(map)).toEqual(['rule:steel', 'rule:steel', 'cad_color:-', 'default:-', 'cad_color:-']);
    expect(map.assignments.map(({ ruleId }) => ruleId)).toEqual(['ring', 'ring', null, null, null]);
    expect(map.unmapped).toEqual(['Plug']);
  });

  it('lets the category of the product open more rules', () => {
    expect(short(resolve({ product: product({}, 'bearings') }))[1]).toBe('rule:brass');
  });

  it('puts order line before override before product before rule', () => {
    const layers = {
      product: product({ 'outer ring': 'brass', 'Inner Ring': 'brass', Cage: 'brass', Plug: 'brass' }),
      orderLine: orderLine({ 'Outer Ring': 'gold' }),
      params: { materials: { byPart: { OUTER_RING: 'rubber', inner_ring: 'rubber' } } },
    };
    expect(short(resolve(layers))).toEqual([
      'order_line:gold',
      'override:rubber',
      'product:brass',
      'product:brass',
      'cad_color:-',
    ]);
  });

  it('lets one material cover everything but what the order line and the override by part say', () => {
    const layers = {
      product: product({ Cage: 'brass' }),
      orderLine: orderLine({ Plug: 'gold' }),
      params: { materials: { all: 'clay', byPart: { Knob: 'rubber' } } },
    };
    expect(short(resolve(layers))).toEqual([
      'override:clay',
      'override:clay',
      'override:clay',
      'order_line:gold',
      'override:rubber',
    ]);
  });

  it('trusts a sure proposal over the rules, and rules over an unsure one', () => {
    expect(short(resolve({ proposal: proposal('p0', 'gold', 0.9) }))[0]).toBe('rule:gold');
    expect(short(resolve({ proposal: proposal('p0', 'gold', 0.3) }))[0]).toBe('rule:steel');
    expect(short(resolve({ proposal: proposal('p0', null, 0) }))[0]).toBe('rule:steel');
    expect(short(resolve({ proposal: proposal('p0', 'gold', 0.3), params: { minConfidence: 0.3 } }))[0]).toBe(
      'rule:gold',
    );
  });
});

describe('parts nobody decided on', () => {
  it('get the default material where params say so', () => {
    const map = resolve({ params: { unmapped: 'default', defaultMaterial: 'clay' } });
    expect(short(map).slice(2)).toEqual(['default:clay', 'default:clay', 'default:clay']);
    expect(map.unmapped).toEqual(['Cage', 'Plug', 'Knob']);
  });

  it('stop the run where params say so, CAD colour or not', () => {
    expect(() => resolve({ params: { unmapped: 'fail' } })).toThrow(
      expect.objectContaining({ code: 'PARTS_UNMAPPED', details: { parts: ['Cage', 'Plug', 'Knob'] } }),
    );
    const all = { Cage: 'brass', Plug: 'brass', Knob: 'brass' };
    expect(resolve({ params: { unmapped: 'fail' }, product: product(all) }).unmapped).toEqual([]);
  });
});

describe('wrong names', () => {
  it.each([
    ['order line', { orderLine: orderLine({ Plug: 'stel' }) }, 'The order line', '/orderLine/materialOverrides'],
    ['product', { product: product({ Plug: 'stel' }) }, 'The product', '/product/materialAssignments'],
    ['override', { params: { materials: { byPart: { Plug: 'stel' } } } }, 'The material override', '/materials/byPart'],
    ['override of all', { params: { materials: { all: 'stel' } } }, 'The material override', '/materials/all'],
    ['default', { params: { defaultMaterial: 'stel' } }, 'The default material', '/defaultMaterial'],
  ])('an unknown material of the %s is named, with its place', (_what, request, who, path) => {
    expect(() => resolve(request)).toThrow(
      expect.objectContaining({
        code: 'MATERIAL_UNKNOWN',
        isRetryable: false,
        message: expect.stringMatching(new RegExp(`^${who} asks for the material "stel".*"steel"`)),
        details: expect.objectContaining({ material: 'stel', path }),
      }),
    );
  });

  it('are found even where a stronger layer would win', () => {
    expect(() => resolve({ orderLine: orderLine({ Plug: 'gold' }), product: product({ Plug: 'stel' }) })).toThrow(
      'stel',
    );
  });

  it('an unknown part is named, with close names', () => {
    expect(() => resolve({ orderLine: orderLine({ Plugg: 'gold' }) })).toThrow(
      expect.objectContaining({
        code: 'PART_UNKNOWN',
        details: { path: '/orderLine/materialOverrides', part: 'Plugg', close: ['Plug', 'Cage', 'Knob'] },
      }),
    );
  });

  it('a rule and a proposal with an unknown material say so', () => {
    const rules = [{ ...library.rules[0]!, material: 'unobtainium' }];
    expect(() => resolve({ library: { ...library, rules } })).toThrow('unobtainium');
    expect(() => resolve({ proposal: proposal('p0', 'unobtainium', 1) })).toThrow('unobtainium');
  });
});

it('decides nothing for a file without parts', () => {
  expect(resolve({ parts: [] })).toEqual({ assignments: [], unmapped: [] });
});
