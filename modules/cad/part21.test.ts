import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { stepWith, withNoise } from '../../tests/fixtures/step/awkward.js';
import { fixture } from '../../tests/fixtures/step/cases.js';
import { faultsWithin } from '../../tests/support/faultsWithin.js';
import { PATIENCE_MS } from '../../tests/support/patience.js';
import { type FaultKind, Part21Fault, scanPart21 } from './part21.js';
import { argRanges, argsOf, decodeText, partsOf } from './part21Values.js';

const TYPES = new Set(['PRODUCT', 'LENGTH_UNIT', 'POINT']);
const scan = (text: string | Buffer) =>
  scanPart21(typeof text === 'string' ? Buffer.from(text, 'latin1') : text, TYPES);
const faultOf = (text: string | Buffer): FaultKind | undefined => {
  try {
    scan(text);
  } catch (error) {
    if (error instanceof Part21Fault) return error.kind;
    throw error;
  }
};

describe('a Part 21 file', () => {
  it('is indexed by id and listed by type, complex records under each of their types', () => {
    const file = scan(stepWith("#100=PRODUCT('a;b','it''s /* no comment */','',(#2));/* #101=PRODUCT(); */\n"));
    expect(file.idsOf('PRODUCT')).toEqual([100]);
    expect(file.idsOf('LENGTH_UNIT')).toEqual([4]);
    expect(file.typeOf(4)).toBe('LENGTH_UNIT');
    expect(argsOf(file, 100)).toEqual(['a;b', "it's /* no comment */", '', [{ ref: 2 }]]);
    expect(partsOf(file, 4).map((part) => part.type)).toEqual(['LENGTH_UNIT', 'NAMED_UNIT', 'SI_UNIT']);
    expect(argsOf(file, 4, 'SI_UNIT')).toEqual([{ enum: 'MILLI' }, { enum: 'METRE' }]);
    expect(file.rangeOf(999)).toBeUndefined();
  });

  it('may have its ids in any order, several data sections and a byte order mark', () => {
    const file = scan(
      "\xef\xbb\xbfISO-10303-21;HEADER;ENDSEC;DATA;#9=POINT('x',(1.,2.E1));#3=POINT('y',());ENDSEC;DATA;#5=POINT($,*);ENDSEC;END-ISO-10303-21;",
    );
    expect(file.idsOf('POINT')).toEqual([9, 3, 5]);
    expect(argsOf(file, 9)).toEqual(['x', [1, 20]]);
    expect(argsOf(file, 3)).toEqual(['y', []]);
    expect(argsOf(file, 5)).toEqual([null, null]);
  });

  it('names what is wrong with it', () => {
    expect(faultOf('solid cube')).toBe('not_step');
    expect(faultOf('')).toBe('not_step');
    expect(faultOf(stepWith('').replace('END-ISO-10303-21;', ''))).toBe('truncated');
    expect(faultOf(stepWith("#100=PRODUCT('cut o"))).toBe('truncated');
    expect(faultOf('ISO-10303-21;HEADER;ENDSEC;DATA;ENDSEC;END-ISO-10303-21;')).toBe('no_data');
    expect(faultOf(stepWith('#1(;\n'.repeat(300)))).toBe('damaged');
  });

  it('is read on behind damaged records, which are counted with what they leave undefined', async () => {
    const bearing = await readFile(fixture('bearing-6205.step'));
    const whole = scan(bearing);
    const damaged = scan(Buffer.from(withNoise(bearing, 200_000, 4096)));
    expect(whole.damagedCount).toBe(0);
    expect(whole.missingIds).toEqual([]);
    expect(damaged.damagedCount).toBeGreaterThan(0);
    expect(damaged.missingIds.length).toBeGreaterThan(0);
    expect(whole.recordCount - damaged.recordCount).toBeLessThan(100);
    expect(damaged.idsOf('PRODUCT')).toEqual(whole.idsOf('PRODUCT'));
  });

  it('cannot be made slow: hostile megabytes are passed over once', async () => {
    const hostile: [string, FaultKind | null][] = [
      [`#100=PRODUCT(${'('.repeat(4_000_000)}`, null],
      [`#100=PRODUCT('${"'".repeat(4_000_000)}`, 'truncated'],
      ['#'.repeat(4_000_000), null],
      ['/*'.repeat(2_000_000), 'truncated'],
      [`#100=${'A'.repeat(4_000_000)}`, null],
      ["#1='\n".repeat(800_000), 'damaged'],
      ['x;'.repeat(2_000_000), 'damaged'],
    ];
    const files = hostile.map(([body]) => stepWith(body));
    expect(await faultsWithin(PATIENCE_MS, files)).toEqual(hostile.map(([, fault]) => fault));
  });
});

describe('a Part 21 string', () => {
  it.each([
    ['W\\X2\\00E4\\X0\\lzlager', 'Wälzlager'],
    ['\\X4\\0001F527\\X0\\ tool', '🔧 tool'],
    ['\\X2\\D83DDD27\\X0\\', '🔧'],
    ['\\X\\E4 \\S\\d', 'ä ä'],
    ['\\PA\\plain', 'plain'],
    ['C:\\\\parts', 'C:\\parts'],
    ["it''s", "it's"],
    ['over\r\ntwo lines', 'overtwo lines'],
    ['\\X2\\00', ''],
    ['\\X4\\FFFFFFFF\\X0\\', '\uFFFD'],
  ])('decodes %s', (raw, text) => {
    expect(decodeText(Buffer.from(raw, 'latin1'))).toBe(text);
  });

  it('may hold raw UTF-8 or raw Latin-1', () => {
    expect(decodeText(Buffer.from('Größe', 'utf8'))).toBe('Größe');
    expect(decodeText(Buffer.from('Größe', 'latin1'))).toBe('Größe');
  });
});

it('finds the byte ranges of arguments past quotes and nested lists', () => {
  const record = Buffer.from("X('a,(b',(#1,(#2)),$)");
  const ranges = argRanges(record, { start: 0, end: record.length });
  expect(ranges.map(({ start, end }) => record.toString('latin1', start, end))).toEqual(["'a,(b'", '(#1,(#2))', '$']);
});
