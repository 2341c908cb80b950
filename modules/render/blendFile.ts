import { ModuleError } from '../errors.js';

/** Before 5.0: `BLENDER-v304`, 8-byte pointers, little endian; block headers of 24 bytes. */
const HEADER = /^BLENDER-v\d{3}/;
const HEADER_BYTES = 12;
const BLOCK_HEADER_BYTES = 24;
const POINTER_BYTES = 8;
/** A field of so many characters holds a text; shorter ones hold flags. */
const TEXT_BYTES = 64;
/** Of a custom property. */
const TEXT_PROPERTY = 0;
/** Lists of pointers are short; anything longer without a structure is content. */
const POINTER_LIST_BYTES = 1024 * 1024;
/** Fields that tell where a file was saved or what the clock said, by structure. */
const CLEARED: Record<string, string[]> = {
  FileGlobal: ['filename'],
  FileSelectParams: ['dir', 'file'],
  LibraryWeakReference: ['library_filepath', 'library_id_name'],
  Mesh: ['face_sets_color_seed'],
};

/** Keeps addresses apart from 0 and aligned, as Blender's own are. */
const ADDRESS_STEP = 16n;

interface Block {
  code: string;
  /** Where the header begins. */
  at: number;
  /** Where the content begins. */
  from: number;
  byteSize: number;
  address: bigint;
  struct: number;
  count: number;
}

interface Field {
  name: string;
  type: string;
  offset: number;
  byteSize: number;
  /** Of the last dimension, where it is an array. */
  rowBytes: number;
  isPointer: boolean;
}

interface Layout {
  pointers: number[];
  texts: { offset: number; byteSize: number }[];
  /** Room that means nothing, and may have anything in it. */
  padding: { offset: number; byteSize: number }[];
}

interface Struct {
  name: string;
  byteSize: number;
  fields: Field[];
}

/** Rewrites an uncompressed .blend so that the same scene gives the same bytes in every process, and drops where it was saved.
 * Blender writes memory addresses as the names of blocks and as the pointers between them; here they are numbered in order of
 * appearance, as the file's own table of structures says where they are. Pointers to nothing in the file become 0, as Blender reads them.
 * @returns false, with the bytes untouched, for a version of the format this does not know.
 * @throws {ModuleError} `BLEND_UNREADABLE`. */
export function normalizeBlend(bytes: Buffer): boolean {
  if (!HEADER.test(bytes.toString('latin1', 0, HEADER_BYTES))) {
    if (bytes.toString('latin1', 0, 7) === 'BLENDER') return false;
    throw unreadable('it does not begin like one');
  }
  const blocks = readBlocks(bytes);
  const dna = blocks.find(({ code }) => code === 'DNA1');
  if (!dna) throw unreadable('it does not describe its structures');
  const structs = readStructs(bytes.subarray(dna.from, dna.from + dna.byteSize));
  const layouts = layoutsOf(structs);

  const byAddress = new Map(blocks.map((block) => [block.address, block]));
  for (const block of blocks) {
    const struct = structs[block.struct];
    if (struct?.name === 'IDProperty') clearPastText(bytes, block, struct, byAddress);
  }
  const numbers = new Map<bigint, bigint>();
  for (const { address } of blocks)
    if (address !== 0n && !numbers.has(address)) numbers.set(address, BigInt(numbers.size + 1) * ADDRESS_STEP);
  for (const block of blocks) {
    bytes.writeBigUInt64LE(numbers.get(block.address) ?? 0n, block.at + 8);
    if (block.code === 'DNA1' || block.code === 'ENDB') continue;
    const struct = structs[block.struct];
    if (!struct) throw unreadable('a block has an unknown structure');
    // Structure 0 marks plain memory: numbers, text, packed files, and lists of pointers.
    if (block.struct === 0) {
      renumberKnown(bytes, block, numbers);
      continue;
    }
    const layout = layouts.get(struct.name)!;
    const isEmpty = Object.values(layout).every((places) => places.length === 0);
    if (!isEmpty && struct.byteSize * block.count > block.byteSize)
      throw unreadable('a block is too short for what it holds');
    renumber(bytes, block, struct, layout, numbers);
    clearLeftovers(bytes, block, struct, layout);
    for (const name of CLEARED[struct.name] ?? []) clear(bytes, block, struct, name);
    if (struct.name === 'ScrEdge') sortEnds(bytes, block);
  }
  return true;
}

function readBlocks(bytes: Buffer): Block[] {
  const blocks: Block[] = [];
  for (let at = HEADER_BYTES; ; ) {
    if (at + BLOCK_HEADER_BYTES > bytes.length) throw unreadable('it is cut off');
    const block: Block = {
      code: bytes.toString('latin1', at, at + 4).replace(/\0+$/, ''),
      at,
      from: at + BLOCK_HEADER_BYTES,
      byteSize: bytes.readInt32LE(at + 4),
      address: bytes.readBigUInt64LE(at + 8),
      struct: bytes.readInt32LE(at + 16),
      count: bytes.readInt32LE(at + 20),
    };
    blocks.push(block);
    if (block.code === 'ENDB') return blocks;
    at = block.from + block.byteSize;
    if (block.byteSize < 0 || at > bytes.length) throw unreadable('it is cut off');
  }
}

/** The `DNA1` block: names, types, their sizes, and the fields of every structure. */
function readStructs(dna: Buffer): Struct[] {
  let at = 4;
  const tag = (expected: string) => {
    at = Math.ceil(at / 4) * 4;
    if (dna.toString('latin1', at, at + 4) !== expected) throw unreadable(`its table has no ${expected}`);
    at += 4;
  };
  const texts = () => {
    const count = dna.readInt32LE(at);
    at += 4;
    return Array.from({ length: count }, () => {
      const end = dna.indexOf(0, at);
      const text = dna.toString('latin1', at, end);
      at = end + 1;
      return text;
    });
  };
  const short = () => {
    at += 2;
    return dna.readInt16LE(at - 2);
  };
  tag('NAME');
  const names = texts();
  tag('TYPE');
  const types = texts();
  tag('TLEN');
  const sizes = types.map(short);
  tag('STRC');
  const count = dna.readInt32LE(at);
  at += 4;
  return Array.from({ length: count }, () => {
    const type = short();
    let offset = 0;
    const fields = Array.from({ length: short() }, () => {
      const fieldType = short();
      const declared = names[short()]!;
      const isPointer = /^\(?\*/.test(declared);
      const dimensions = [...declared.matchAll(/\[(\d+)\]/g)].map(([, n]) => Number(n));
      const one = isPointer ? POINTER_BYTES : sizes[fieldType]!;
      const byteSize = dimensions.reduce((product, n) => product * n, one);
      const made: Field = {
        name: declared.replace(/^\(?\*+|\[.*$|\)\(.*$/g, ''),
        type: types[fieldType]!,
        offset,
        byteSize,
        rowBytes: (dimensions.at(-1) ?? 1) * one,
        isPointer,
      };
      offset += byteSize;
      return made;
    });
    return { name: types[type]!, byteSize: sizes[type]!, fields };
  });
}

/** Where a structure holds pointers and texts of fixed room, those of structures inside it included. */
function layoutsOf(structs: Struct[]): Map<string, Layout> {
  const byName = new Map(structs.map((struct) => [struct.name, struct]));
  const known = new Map<string, Layout>();
  const layoutOf = (struct: Struct): Layout => {
    const found = known.get(struct.name);
    if (found) return found;
    const made: Layout = { pointers: [], texts: [], padding: [] };
    for (const field of struct.fields) {
      const inner = field.isPointer ? undefined : byName.get(field.type);
      const within = inner ? layoutOf(inner) : null;
      const step = inner?.byteSize ?? (field.isPointer ? POINTER_BYTES : field.rowBytes);
      for (let at = field.offset; at < field.offset + field.byteSize; at += step) {
        if (within) {
          made.pointers.push(...within.pointers.map((one) => at + one));
          made.texts.push(...within.texts.map((one) => ({ ...one, offset: at + one.offset })));
          made.padding.push(...within.padding.map((one) => ({ ...one, offset: at + one.offset })));
        } else if (field.isPointer) made.pointers.push(at);
        else if (field.name.startsWith('_pad')) made.padding.push({ offset: at, byteSize: step });
        else if (field.type === 'char' && step >= TEXT_BYTES) made.texts.push({ offset: at, byteSize: step });
      }
    }
    known.set(struct.name, made);
    return made;
  };
  for (const struct of structs) layoutOf(struct);
  return known;
}

/** Clears what is left over in a block: padding, and after the end of a text whatever stood there before it, a path, say. */
function clearLeftovers(bytes: Buffer, block: Block, struct: Struct, { texts, padding }: Layout): void {
  for (let i = 0; i < block.count; i++) {
    const start = block.from + i * struct.byteSize;
    for (const { offset, byteSize } of padding) bytes.fill(0, start + offset, start + offset + byteSize);
    for (const { offset, byteSize } of texts) {
      const end = bytes.indexOf(0, start + offset);
      if (end >= 0 && end < start + offset + byteSize) bytes.fill(0, end, start + offset + byteSize);
    }
  }
}

function renumber(bytes: Buffer, block: Block, struct: Struct, layout: Layout, numbers: Map<bigint, bigint>): void {
  for (let i = 0; i < block.count; i++)
    for (const offset of layout.pointers) {
      const at = block.from + i * struct.byteSize + offset;
      bytes.writeBigUInt64LE(numbers.get(bytes.readBigUInt64LE(at)) ?? 0n, at);
    }
}

function renumberKnown(bytes: Buffer, block: Block, numbers: Map<bigint, bigint>): void {
  if (block.byteSize > POINTER_LIST_BYTES) return;
  for (let at = block.from; at + POINTER_BYTES <= block.from + block.byteSize; at += POINTER_BYTES) {
    const number = numbers.get(bytes.readBigUInt64LE(at));
    if (number !== undefined) bytes.writeBigUInt64LE(number, at);
  }
}

/** A text among custom properties lies in memory of its own, which is a little longer than it and has anything after it. */
function clearPastText(bytes: Buffer, property: Block, struct: Struct, byAddress: Map<bigint, Block>): void {
  const at = (name: string) => property.from + fieldOf(struct, name).offset;
  if (bytes[at('type')] !== TEXT_PROPERTY) return;
  const text = byAddress.get(bytes.readBigUInt64LE(at('data')));
  if (text)
    bytes.fill(
      0,
      Math.min(text.from + bytes.readInt32LE(at('len')), text.from + text.byteSize),
      text.from + text.byteSize,
    );
}

function fieldOf(struct: Struct, name: string): Field {
  const field = struct.fields.find((candidate) => candidate.name === name);
  if (!field) throw unreadable(`its table has no ${struct.name}.${name}`);
  return field;
}

function clear(bytes: Buffer, block: Block, struct: Struct, name: string): void {
  // Not every version has it.
  const field = struct.fields.find((candidate) => candidate.name === name);
  for (let i = 0; field && i < block.count; i++) {
    const at = block.from + i * struct.byteSize + field.offset;
    bytes.fill(0, at, at + field.byteSize);
  }
}

/** An edge of the window layout: after two links, its two ends in order of address. */
function sortEnds(bytes: Buffer, block: Block): void {
  const at = block.from + 2 * POINTER_BYTES;
  const [one, two] = [bytes.readBigUInt64LE(at), bytes.readBigUInt64LE(at + POINTER_BYTES)];
  if (one <= two) return;
  bytes.writeBigUInt64LE(two, at);
  bytes.writeBigUInt64LE(one, at + POINTER_BYTES);
}

const unreadable = (why: string) =>
  new ModuleError('BLEND_UNREADABLE', `The .blend file cannot be read: ${why}.`, 'crash');
