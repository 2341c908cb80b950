import { describe, expect, it } from 'vitest';
import type { MaterialRule } from '../shapes/materials.js';
import { ruleBook, ruleSubject, ruleText } from './materialRules.js';

function rule(id: string, priority: number, conditions: Partial<MaterialRule> = {}): MaterialRule {
  return {
    id,
    priority,
    category: null,
    partNamePattern: null,
    cadColor: null,
    material: `${id}_material`,
    ...conditions,
  };
}
const part = (name: string, color: string | null = null) => ({ name, color });
const fitting = (rules: MaterialRule[], name: string, color: string | null = null, category: string | null = null) =>
  ruleBook(rules, category)(part(name, color))?.id ?? null;

describe('names', () => {
  it.each([
    ['*ring*', 'Outer_RING', true],
    ['*ring*', 'Bolt', false],
    ['ring', 'Outer Ring', false],
    ['*o-ring*', 'O_Ring 12', true],
    ['*käfig*', 'KUGELKA\u0308FIG', true],
    ['ball ?', 'Ball-3', true],
    ['{nut,* nut}', 'Hex Nut', true],
    ['{nut,* nut}', 'Nutshell', false],
    ['size [a-c]', 'Size-B', true],
    ['size [a-c]', 'Size D', false],
    ['*', 'a/b', true],
    ['*bolt*', 'a/hex bolt/b', true],
    ['*', '.hidden', true],
    ['!ring', 'bolt', false],
  ])('"%s" on "%s": %s', (partNamePattern, name, fits) => {
    expect(fitting([rule('r', 1, { partNamePattern })], name)).toBe(fits ? 'r' : null);
  });

  it('keeps its time on hostile names and patterns', () => {
    expect(fitting([rule('r', 1, { partNamePattern: '*a*a*b' })], 'a'.repeat(100_000))).toBeNull();
  });
});

describe('choosing', () => {
  it('takes the rule of highest priority, wherever it stands', () => {
    const rules = [rule('low', 1), rule('high', 9, { partNamePattern: '*ring*' }), rule('middle', 5)];
    expect([fitting(rules, 'ring'), fitting(rules, 'ball')]).toEqual(['high', 'middle']);
  });

  it('wants all conditions that are set', () => {
    const rules = [rule('r', 1, { partNamePattern: '*ring*', cadColor: '#B8BCC2', category: 'bearings' })];
    expect(fitting(rules, 'ring', '#b8bcc2', 'bearings')).toBe('r');
    expect(fitting(rules, 'ball', '#b8bcc2', 'bearings')).toBeNull();
    expect(fitting(rules, 'ring', '#000000', 'bearings')).toBeNull();
    expect(fitting(rules, 'ring', null, 'bearings')).toBeNull();
    expect(fitting(rules, 'ring', '#b8bcc2', 'housings')).toBeNull();
    expect(fitting(rules, 'ring', '#b8bcc2', null)).toBeNull();
  });

  it('refuses two rules of equal priority on one part, and only on that part', () => {
    const rules = [rule('a', 5, { partNamePattern: '*ring*' }), rule('b', 5, { partNamePattern: '*seal*' })];
    expect(() => fitting(rules, 'seal ring')).toThrow(
      expect.objectContaining({ code: 'RULE_CONFLICT', details: { part: 'seal ring', rules: ['a', 'b'] } }),
    );
    expect(fitting(rules, 'ring')).toBe('a');
    expect(fitting([...rules, rule('c', 6)], 'seal ring')).toBe('c');
  });
});

it('compares the colour of the part, or that of all its faces when they agree', () => {
  const of = (color: string | null, faceColors: string[]) => ruleSubject({ name: 'x', color, faceColors }).color;
  expect([of('#111111', ['#222222']), of(null, ['#222222']), of(null, ['#222222', '#333333']), of(null, [])]).toEqual([
    '#111111',
    '#222222',
    null,
    null,
  ]);
});

it('puts a rule in words', () => {
  expect(ruleText(rule('r', 1, { partNamePattern: '*cage*', cadColor: '#c08a3e' }))).toBe(
    'name like "*cage*" and CAD colour #c08a3e',
  );
  expect(ruleText(rule('r', 1))).toBe('any part');
});
