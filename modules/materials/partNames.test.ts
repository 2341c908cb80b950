import { describe, expect, it } from 'vitest';
import { foldName, nearestNames, normaliser, PartFinder } from './partNames.js';

describe('folding', () => {
  it.each([
    ['  Outer   Ring ', 'outer ring'],
    ['outer_ring', 'outer ring'],
    ['OUTER-RING', 'outer ring'],
    ['Außenring', 'aussenring'],
    ['Ka\u0308fig', 'käfig'],
    ['Housing.prt', 'housing'],
    ['Housing.PRT.12', 'housing'],
    ['Housing.SLDPRT', 'housing'],
    ['gear_asm', 'gear'],
    ['ring.step', 'ring'],
    ['M10x35', 'm10x35'],
    ['6205-2', '6205 2'],
    ['...', '...'],
    ['', ''],
    ['a/b "c" 🙂', 'a/b "c" 🙂'],
  ])('"%s" becomes "%s"', (name, folded) => {
    expect(foldName(name)).toBe(folded);
  });

  it('keeps its time on hostile names', () => {
    expect(foldName(`${'a-_ '.repeat(500_000)}`).length).toBeLessThanOrEqual(256);
  });
});

describe('normalising', () => {
  it.each(['Ball:3', 'Ball.003', 'Ball-2', 'Ball_1', 'Ball#4', 'Ball (2)', 'ball 7', 'BALL.prt'])(
    'takes "%s" for an instance of a known "Ball"',
    (name) => {
      expect(normaliser(['Ball'])(name)).toBe('ball');
    },
  );

  it('leaves numbers that belong to the name', () => {
    const normalise = normaliser(['Ball', '6205-2', 'M10x35', 'Pin 8']);
    expect(['6205-2', 'M10x35', 'Pin 8', 'Bolt:3'].map(normalise)).toEqual(['6205 2', 'm10x35', 'pin 8', 'bolt:3']);
  });
});

describe('finding parts', () => {
  const finder = new PartFinder([{ name: 'Outer Ring' }, { name: 'Ball' }, { name: 'ball' }, { name: 'Cap/"é"' }]);

  it('prefers the exact name and otherwise takes every part that is written alike', () => {
    expect([...finder.resolve({ Ball: 'a' }, 'The order line', '/x')]).toEqual([['Ball', 'a']]);
    expect([...finder.resolve({ 'BALL:2': 'a' }, 'The order line', '/x')]).toEqual([
      ['Ball', 'a'],
      ['ball', 'a'],
    ]);
    expect([...finder.resolve({ BALL: 'a', ball: 'b' }, 'The order line', '/x')]).toEqual([
      ['Ball', 'a'],
      ['ball', 'b'],
    ]);
    expect([...finder.resolve({ 'cap/"E\u0301"': 'a' }, 'The order line', '/x')]).toEqual([['Cap/"é"', 'a']]);
  });

  it('names close parts when there is none of that name', () => {
    expect(() => finder.resolve({ 'Outer Rung': 'a' }, 'The order line', '/x')).toThrow(
      'The order line names the part "Outer Rung", which the CAD file does not have. Close names: "Outer Ring"',
    );
  });

  it('refuses two spellings of one part that disagree', () => {
    expect(() => finder.resolve({ outer_ring: 'a', 'OUTER RING': 'b' }, 'The product', '/x')).toThrow(
      expect.objectContaining({ code: 'PART_AMBIGUOUS' }),
    );
  });

  it.each(['__proto__', 'constructor', 'toString'])('has no part "%s" by accident', (name) => {
    expect(() => finder.resolve(JSON.parse(`{"${name}":"a"}`), 'The product', '/x')).toThrow(
      expect.objectContaining({ code: 'PART_UNKNOWN' }),
    );
  });

  it('knows no close names in an empty file', () => {
    expect(nearestNames('x', [])).toEqual([]);
  });
});
