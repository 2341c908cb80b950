import { expect, it } from 'vitest';
import { plainExr } from './exr.js';

const attribute = (name: string, type: string, value: Buffer) => {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(value.length);
  return Buffer.concat([Buffer.from(`${name}\0${type}\0`), size, value]);
};
const box = Buffer.alloc(16);
box.writeInt32LE(2, 8);
box.writeInt32LE(1, 12);

/** A file of 3 × 2 pixels with two chunks of four bytes. */
function exr(...attributes: Buffer[]): Buffer {
  const head = Buffer.from([0x76, 0x2f, 0x31, 0x01, 2, 0, 0, 0]);
  const header = Buffer.concat([head, attribute('dataWindow', 'box2i', box), ...attributes, Buffer.from([0])]);
  const table = Buffer.alloc(16);
  table.writeBigUInt64LE(BigInt(header.length + 16), 0);
  table.writeBigUInt64LE(BigInt(header.length + 20), 8);
  return Buffer.concat([header, table, Buffer.from('aaaabbbb')]);
}

it('drops what tells of dates and machines, and moves the offsets', () => {
  const date = attribute('Date', 'string', Buffer.from('2026/01/01 00:00:00'));
  const { bytes, width, height } = plainExr(exr(date));
  expect({ width, height }).toEqual({ width: 3, height: 2 });
  expect(bytes.equals(exr())).toBe(true);
});

it.each([
  ['nothing', Buffer.alloc(0)],
  ['a PNG', Buffer.from('\x89PNG\r\n\x1a\n0000', 'latin1')],
  ['half a header', exr().subarray(0, 30)],
])('refuses %s', (_what, file) => {
  expect(() => plainExr(file)).toThrow('no readable OpenEXR');
});
