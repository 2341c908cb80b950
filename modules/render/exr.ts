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

/** What an OpenEXR file says of itself before its pixels; of several parts, the first. */
export interface ExrHeader {
  width: number;
  height: number;
  /** Deep data, or several parts. */
  isSpecial: boolean;
  isTiled: boolean;
  /** Each with its name, type and size. */
  attributes: { name: string; bytes: Buffer }[];
  /** Offset of what follows. */
  end: number;
}

/** @param file - the beginning of it is enough.
 * @returns null where it is no OpenEXR file, or its header is not all there. */
export function exrHeader(file: Buffer): ExrHeader | null {
  if (file.length < HEADER_START + 1 || file.readUInt32LE(0) !== MAGIC) return null;
  const flags = file.readUInt32LE(4);
  const attributes: ExrHeader['attributes'] = [];
  let at = HEADER_START;
  let size: { width: number; height: number } | null = null;
  while (file[at] !== 0) {
    const nameEnd = file.indexOf(0, at);
    const typeEnd = file.indexOf(0, nameEnd + 1);
    if (nameEnd < 0 || typeEnd < 0 || typeEnd + 5 > file.length) return null;
    const end = typeEnd + 5 + file.readUInt32LE(typeEnd + 1);
    if (end >= file.length) return null;
    const name = file.toString('latin1', at, nameEnd);
    attributes.push({ name, bytes: file.subarray(at, end) });
    if (name === 'dataWindow') size = sizeOfBox(file.subarray(typeEnd + 5, end));
    at = end;
  }
  return (
    size && { ...size, isSpecial: (flags & 0x1800) !== 0, isTiled: (flags & 0x200) !== 0, attributes, end: at + 1 }
  );
}

/** The size of an OpenEXR picture with one part and scan lines, and its bytes without what differs from one rendering to the next.
 * @throws {ModuleError} `BLENDER_CRASHED` when it is no such file. */
export function plainExr(file: Buffer): { bytes: Buffer; width: number; height: number } {
  const found = exrHeader(file);
  if (!found || found.isSpecial || found.isTiled) throw unreadable();
  const { attributes, end: tableStart, width, height } = found;
  const kept = attributes.filter(({ name }) => KEPT.has(name)).map(({ bytes }) => bytes);
  const pixelStart = Number(file.readBigUInt64LE(tableStart));
  const table = Buffer.from(file.subarray(tableStart, pixelStart));
  const header = Buffer.concat([file.subarray(0, HEADER_START), ...kept, Buffer.from([0])]);
  const shift = BigInt(tableStart - header.length);
  if (pixelStart <= tableStart || pixelStart > file.length || table.length % 8 !== 0) throw unreadable();
  for (let i = 0; i < table.length; i += 8) table.writeBigUInt64LE(table.readBigUInt64LE(i) - shift, i);
  return { bytes: Buffer.concat([header, table, file.subarray(pixelStart)]), width, height };
}

function sizeOfBox(box: Buffer): { width: number; height: number } | null {
  if (box.length !== 16) return null;
  const [left, top, right, bottom] = [0, 4, 8, 12].map((offset) => box.readInt32LE(offset));
  return { width: right! - left! + 1, height: bottom! - top! + 1 };
}
