import { ModuleError } from '../errors.js';

/** Before 5.0: `BLENDER-v304`, 8-byte pointers, little endian; block headers of 24 bytes. */
const HEADER = /^BLENDER-v\d{3}/;
const HEADER_BYTES = 12;
const BLOCK_HEADER_BYTES = 24;
const POINTER_BYTES = 8;
/** Of a custom property. */
const TEXT_PROPERTY = 0;
/** Lists of pointers are short; anything longer without a structure is content. */
const POINTER_LIST_BYTES = 1024 * 1024;
/** Fields that tell where a file was saved or what the clock said, by structure. */
const CLEARED: Record<string, string[]> = {
  FileGlobal: ['filename'],
  FileSelectParams: ['dir', 'file'],
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
  isPointer: boolean;
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
  const pointers = pointersOf(structs);

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
    if (block.struct === 0) renumberKnown(bytes, block, numbers);
    else renumber(bytes, block, struct, pointers.get(struct.name)!, numbers);
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
      const times = [...declared.matchAll(/\[(\d+)\]/g)].reduce((product, [, n]) => product * Number(n), 1);
      const byteSize = times * (isPointer ? POINTER_BYTES : sizes[fieldType]!);
      const made: Field = {
        name: declared.replace(/^\(?\*+|\[.*$|\)\(.*$/g, ''),
        type: types[fieldType]!,
        offset,
        byteSize,
        isPointer,
      };
      offset += byteSize;
      return made;
    });
    return { name: types[type]!, byteSize: sizes[type]!, fields };
  });
}

/** Where a structure holds pointers, those of structures inside it included. */
function pointersOf(structs: Struct[]): Map<string, number[]> {
  const byName = new Map(structs.map((struct) => [struct.name, struct]));
  const known = new Map<string, number[]>();
  const offsets = (struct: Struct): number[] => {
    const found = known.get(struct.name);
    if (found) return found;
    const made = struct.fields.flatMap((at) => {
      const inner = at.isPointer ? undefined : byName.get(at.type);
      if (!at.isPointer && !inner) return [];
      const step = inner?.byteSize ?? POINTER_BYTES;
      const within = inner ? offsets(inner) : [0];
      return Array.from({ length: at.byteSize / step }, (_, i) =>
        within.map((one) => at.offset + i * step + one),
      ).flat();
    });
    known.set(struct.name, made);
    return made;
  };
  for (const struct of structs) offsets(struct);
  return known;
}

function renumber(bytes: Buffer, block: Block, struct: Struct, offsets: number[], numbers: Map<bigint, bigint>): void {
  if (offsets.length === 0) return;
  if (struct.byteSize * block.count > block.byteSize) throw unreadable('a block is too short for what it holds');
  for (let i = 0; i < block.count; i++)
    for (const offset of offsets) {
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
