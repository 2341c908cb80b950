import { ModuleError } from '../errors.js';

const MAGIC = 0x01312f76;
const HEADER_START = 8;
/** Attributes that say how the pixels are stored or meant; the rest tells of dates, durations and machines. */
const KEPT = new Set([
  'channels',
  'compression',
  'dataWindow',
  'displayWindow',
  'lineOrder',
  'pixelAspectRatio',
  'screenWindowCenter',
  'screenWindowWidth',
  'chromaticities',
  'whiteLuminance',
]);

const unreadable = () => new ModuleError('BLENDER_CRASHED', 'Blender wrote no readable OpenEXR file.', 'crash');

/** The size of an OpenEXR picture with one part and scan lines, and its bytes without what differs from one rendering to the next.
 * @throws {ModuleError} `BLENDER_CRASHED` when it is no such file. */
export function plainExr(file: Buffer): { bytes: Buffer; width: number; height: number } {
  if (file.length < HEADER_START + 1 || file.readUInt32LE(0) !== MAGIC) throw unreadable();
  // Multi-part, deep and tiled files are marked by these bits.
  if (file.readUInt32LE(4) & 0x1a00) throw unreadable();
  const kept: Buffer[] = [];
  let at = HEADER_START;
  let window: { width: number; height: number } | null = null;
  while (file[at] !== 0) {
    const nameEnd = file.indexOf(0, at);
    const typeEnd = file.indexOf(0, nameEnd + 1);
    if (nameEnd < 0 || typeEnd < 0 || typeEnd + 5 > file.length) throw unreadable();
    const end = typeEnd + 5 + file.readUInt32LE(typeEnd + 1);
    if (end >= file.length) throw unreadable();
    const name = file.toString('latin1', at, nameEnd);
    if (name === 'dataWindow') window = sizeOfBox(file.subarray(typeEnd + 5, end));
    if (KEPT.has(name)) kept.push(file.subarray(at, end));
    at = end;
  }
  if (!window) throw unreadable();
  const tableStart = at + 1;
  const pixelStart = Number(file.readBigUInt64LE(tableStart));
  const table = Buffer.from(file.subarray(tableStart, pixelStart));
  const header = Buffer.concat([file.subarray(0, HEADER_START), ...kept, Buffer.from([0])]);
  const shift = BigInt(tableStart - header.length);
  if (pixelStart <= tableStart || pixelStart > file.length || table.length % 8 !== 0) throw unreadable();
  for (let i = 0; i < table.length; i += 8) table.writeBigUInt64LE(table.readBigUInt64LE(i) - shift, i);
  return { bytes: Buffer.concat([header, table, file.subarray(pixelStart)]), ...window };
}

function sizeOfBox(box: Buffer): { width: number; height: number } {
  if (box.length !== 16) throw unreadable();
  const [left, top, right, bottom] = [0, 4, 8, 12].map((offset) => box.readInt32LE(offset));
  return { width: right! - left! + 1, height: bottom! - top! + 1 };
}
