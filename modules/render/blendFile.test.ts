import { expect, it } from 'vitest';
import { normalizeBlend } from './blendFile.js';

const block = (code: string, content: Buffer, byteSize = content.length) => {
  const header = Buffer.alloc(24);
  header.write(code, 'latin1');
  header.writeInt32LE(byteSize, 4);
  return Buffer.concat([header, content]);
};
const file = (...blocks: Buffer[]) => Buffer.concat([Buffer.from('BLENDER-v304'), ...blocks]);
const END = block('ENDB', Buffer.alloc(0));

it.each<[string, Buffer]>([
  ['nothing', Buffer.alloc(0)],
  ['another file', Buffer.from('PK\x03\x04 and so on')],
  ['a file without its end', file(block('GLOB', Buffer.alloc(8)))],
  ['a block that is longer than the file', file(block('GLOB', Buffer.alloc(8), 1 << 30), END)],
  ['a block of negative length', file(block('GLOB', Buffer.alloc(8), -24), END)],
  ['a file that does not describe its structures', file(END)],
  ['a description that is none', file(block('DNA1', Buffer.from('SDNATEXT0000')), END)],
])('refuses %s', (_, bytes) => {
  expect(() => normalizeBlend(bytes)).toThrow(expect.objectContaining({ code: 'BLEND_UNREADABLE' }));
});

it.each(['BLENDER17-01v0500', 'BLENDER_v304', 'BLENDER-V304'])('leaves %s as it is', (header) => {
  const bytes = Buffer.from(`${header} and so on`);
  const before = Buffer.from(bytes);
  expect(normalizeBlend(bytes)).toBe(false);
  expect(bytes.equals(before)).toBe(true);
});
