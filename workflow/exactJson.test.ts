import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonLossError, parseExactJson } from './exactJson.js';

function lossOf(text: string): JsonLossError {
  try {
    parseExactJson(text);
  } catch (error) {
    if (error instanceof JsonLossError) return error;
    throw error;
  }
  throw new Error(`Nothing is lost of ${text.slice(0, 80)}.`);
}

describe('parseExactJson', () => {
  it('reads whatever JSON.parse reads, to the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space);
        expect(parseExactJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each(['', '{', '{"a":1,}', '{"a" 1}', '[01]', '"\n"', 'NaN', '\uFEFF'])('is a SyntaxError for %j', (text) => {
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
  });

  it('counts a byte order mark as nothing, and takes the line ends of Windows', () => {
    expect(parseExactJson('\uFEFF{\r\n"a": [1,\r\n2]\r\n}')).toEqual({ a: [1, 2] });
  });

  it.each([
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
    ['18014398509481984', 2 ** 54],
    ['1000000000000000000000', 1e21],
    ['100000000000000000000000', 1e23],
    ['1e21', 1e21],
    ['-0', -0],
    ['0.1', 0.1],
    ['0.30000000000000004', 0.1 + 0.2],
    ['3.14159265358979323846', Math.PI],
    ['1e-7', 1e-7],
    ['5e-324', 5e-324],
    ['0.000e-999', 0],
    ['1.7976931348623157E+308', Number.MAX_VALUE],
  ])('keeps the number %s', (literal, value) => {
    expect(parseExactJson(`{"a":[${literal}]}`)).toEqual({ a: [value] });
  });

  it.each([
    ['9007199254740993', 'it would become 9007199254740992'],
    ['-9007199254740993', 'it would become -9007199254740992'],
    ['1180591620717411303424', 'it would become 1.1805916207174113e+21'],
    ['99999999999999999999999', 'it would become 1e+23'],
    ['1e999', 'it would become Infinity'],
    ['-1e999', 'it would become -Infinity'],
    ['1e-999', 'it would become 0'],
    [`1${'0'.repeat(400)}`, 'it would become Infinity'],
  ])('refuses the number %s, and says where it stands', (literal, change) => {
    const loss = lossOf(`{\n  "a/b": [\n    {"1": 2},\n    {"n": ${literal}}\n  ]\n}`);
    expect(loss).toMatchObject({ code: 'JSON_NUMBER_INEXACT', path: '/a~1b/1/n' });
    expect(loss.message).toMatch(/^Line 4: the number /);
    expect(loss.message).toContain(change);
  });

  it.each([
    ['{"a":1,"a":1}', '/a'],
    ['{"a":1,\n"\\u0061":2}', '/a'],
    ['{"a":{},"b":[],"a":3}', '/a'],
    ['[[],{"x":{"y":[0,{"__proto__":1,"__proto__":2}]}}]', '/1/x/y/1/__proto__'],
    ['{"":0,"":0}', '/'],
    ['{"a":"}","b":"\\"{","b":"\\\\"}', '/b'],
  ])('refuses a key that stands twice: %s', (text, path) => {
    expect(lossOf(text)).toMatchObject({ code: 'JSON_KEY_TWICE', path });
  });

  it.each(['{"a":{"a":1},"b":{"a":1}}', '[{"a":1},{"a":1}]', '{"a":"a","b":"a"}', '{"A":1,"a":1,"á":1,"a\u0301":1}'])(
    'takes the same name in different places: %s',
    (text) => {
      expect(parseExactJson(text)).toEqual(JSON.parse(text));
    },
  );

  it('finds a loss wherever it stands', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
        const [a, b] = [JSON.stringify(before), JSON.stringify(after)];
        expect(lossOf(`[${a},{"k":[${b},9007199254740993]}]`).path).toBe('/1/k/1');
        expect(lossOf(`[${a},{"k":${b},"l":${a},"k":0},${b}]`).path).toBe('/1/k');
      }),
    );
  });

  it.each([
    ['lists in lists', `${'['.repeat(2_000_000)}9007199254740993${']'.repeat(2_000_000)}`],
    ['objects in objects', `${'{"a":'.repeat(500_000)}1e999${'}'.repeat(500_000)}`],
    ['a text of quotes', `["${'\\"'.repeat(2_000_000)}",1e999]`],
    ['a text of backslashes', `["${'\\\\'.repeat(2_000_000)}",1e999]`],
    ['white space', `[${' \n'.repeat(2_000_000)}1e999]`],
    ['one number', `[${'1'.repeat(4_000_000)}]`],
    ['a number after a point', `[0.${'0'.repeat(4_000_000)}1]`],
    ['names', `{${Array.from({ length: 300_000 }, (_, i) => `"k${i}":${i}`).join()},"k7":1}`],
  ])('reads megabytes of %s without overflowing', (_what, text) => {
    expect(lossOf(text).code).toMatch(/^JSON_/);
  });
});
