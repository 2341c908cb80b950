/** Reads the skeleton of a Part 21 file (STEP, ISO 10303-21): where each record stands and of what type it is.
 * One pass over the bytes, linear in their number whatever they are; records are only parsed when somebody asks. */

export type FaultKind = 'not_step' | 'no_data' | 'truncated' | 'damaged';

/** The bytes are no usable Part 21 file. The reader of the whole file turns it into a sentence. */
export class Part21Fault extends Error {
  constructor(
    readonly kind: FaultKind,
    message: string,
  ) {
    super(message);
    this.name = 'Part21Fault';
  }
}

export interface Part21File {
  readonly bytes: Buffer;
  /** Byte ranges of the header's statements (`FILE_SCHEMA(...)`), without the closing semicolon. */
  readonly header: readonly Range[];
  /** Byte ranges of the statements of edition 3's REFERENCE section. */
  readonly references: readonly Range[];
  /** Number of data records (`#12=...;`). */
  readonly recordCount: number;
  /** Statements of the data section that are no valid record, skipped. */
  readonly damagedCount: number;
  /** The largest id of a record. */
  readonly highestId: number;
  /** Position of the last `ENDSEC` behind data records: where more can be put in. */
  readonly dataEnd: number;
  /** Ids that are used but not defined, at most 100. */
  readonly missingIds: readonly number[];
  /** Ids of the records of a type, in file order; of the types that were asked for. A complex record counts for each of its types. */
  idsOf(type: string): readonly number[];
  /** Byte range of a record from behind its `=` up to its semicolon, or undefined when there is none. */
  rangeOf(id: number): Range | undefined;
  /** Type of a record; of a complex one the first. */
  typeOf(id: number): string | undefined;
}

export interface Range {
  start: number;
  end: number;
}

const MAX_DAMAGED = 200;
const MAX_MISSING = 100;
/** Ids above this are not checked for being defined; a bit set for them would be larger than the file. */
const MAX_CHECKED_ID = 1 << 27;

const isSpace = (c: number) => c === 0x20 || (c >= 0x09 && c <= 0x0d) || c === 0;
const isDigit = (c: number) => c >= 0x30 && c <= 0x39;
const isNameByte = (c: number) => (c >= 0x41 && c <= 0x5a) || c === 0x5f || isDigit(c) || (c >= 0x61 && c <= 0x7a);

class IntList {
  data = new Uint32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.data.length) {
      const larger = new Uint32Array(this.data.length * 2);
      larger.set(this.data);
      this.data = larger;
    }
    this.data[this.length++] = value;
  }
}

class BitSet {
  words = new Uint32Array(1024);

  add(bit: number): void {
    const word = bit >>> 5;
    if (word >= this.words.length) {
      const larger = new Uint32Array(Math.max(this.words.length * 2, word + 1));
      larger.set(this.words);
      this.words = larger;
    }
    this.words[word]! |= 1 << (bit & 31);
  }
}

/** Position behind white space and comments. */
function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  for (;;) {
    while (at < bytes.length && isSpace(bytes[at]!)) at++;
    if (bytes[at] !== 0x2f || bytes[at + 1] !== 0x2a) return at;
    const close = bytes.indexOf('*/', at + 2, 'latin1');
    at = close < 0 ? bytes.length : close + 2;
  }
}

/** Scans a file.
 * @param types - record types to list; all others are only counted and indexed by id.
 * @throws {Part21Fault} when it is not Part 21, has no data, ends early, or is damaged beyond use. */
export function scanPart21(bytes: Buffer, types: ReadonlySet<string>): Part21File {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  at = skipSpace(bytes, at);
  if (bytes.toString('latin1', at, at + 12).toUpperCase() !== 'ISO-10303-21') {
    throw new Part21Fault('not_step', 'The file does not begin with ISO-10303-21.');
  }

  const ids = new IntList();
  const starts = new IntList();
  const byType = new Map<string, number[]>();
  const defined = new BitSet();
  const used = new BitSet();
  const header: Range[] = [];
  const references: Range[] = [];
  let section = '';
  let sawData = false;
  let ended = false;
  let damagedCount = 0;
  let isSorted = true;
  let highestId = 0;
  let dataEnd = 0;

  const list = (type: string, id: number) => {
    if (!types.has(type)) return;
    const known = byType.get(type);
    if (known) known.push(id);
    else byType.set(type, [id]);
  };

  /** Runs to the statement's semicolon and returns its position, or -1. Notes references and, of complex records, types. */
  let isClean = true;
  const endOfStatement = (from: number, complexId: number): number => {
    let depth = 0;
    let p = from;
    isClean = true;
    while (p < bytes.length) {
      const c = bytes[p]!;
      if (c === 0x3b) {
        if (depth !== 0) isClean = false;
        return p;
      }
      if (c === 0x27 || c === 0x22) {
        const close = bytes.indexOf(c, p + 1);
        if (close < 0) return -1;
        p = close + 1;
      } else if (c === 0x23) {
        let ref = 0;
        p++;
        while (p < bytes.length && isDigit(bytes[p]!)) ref = ref * 10 + (bytes[p++]! - 0x30);
        if (ref > 0 && ref < MAX_CHECKED_ID && section === 'DATA') used.add(ref);
      } else if (c === 0x2f && bytes[p + 1] === 0x2a) {
        p = skipSpace(bytes, p);
      } else if (complexId > 0 && depth === 1 && isNameByte(c) && !isDigit(c)) {
        const nameStart = p;
        while (p < bytes.length && isNameByte(bytes[p]!)) p++;
        list(bytes.toString('latin1', nameStart, p).toUpperCase(), complexId);
      } else {
        if (c === 0x28) depth++;
        else if (c === 0x29) depth--;
        else if (c > 0x7e || (c < 0x20 && !isSpace(c))) isClean = false;
        p++;
      }
    }
    return -1;
  };

  /** After a damaged statement: the next line that begins with a record, or the statement's own end. */
  const resync = (start: number, end: number): number => {
    damagedCount++;
    if (damagedCount > MAX_DAMAGED) throw new Part21Fault('damaged', 'Too many records of the file are damaged.');
    const limit = end < 0 ? bytes.length : end;
    for (let p = bytes.indexOf(0x0a, start + 1); p >= 0 && p < limit; p = bytes.indexOf(0x0a, p + 1)) {
      if (bytes[p + 1] === 0x23 || bytes.toString('latin1', p + 1, p + 7) === 'ENDSEC') return p + 1;
    }
    return end < 0 ? bytes.length : end + 1;
  };

  while (at < bytes.length) {
    at = skipSpace(bytes, at);
    if (at >= bytes.length) break;
    const start = at;

    if (section === 'DATA' && bytes[at] === 0x23) {
      let id = 0;
      at++;
      while (at < bytes.length && isDigit(bytes[at]!)) id = id * 10 + (bytes[at++]! - 0x30);
      at = skipSpace(bytes, at);
      const hasEquals = bytes[at] === 0x3d;
      const bodyStart = hasEquals ? skipSpace(bytes, at + 1) : at;
      let nameEnd = bodyStart;
      while (nameEnd < bytes.length && isNameByte(bytes[nameEnd]!)) nameEnd++;
      const isComplex = nameEnd === bodyStart && bytes[bodyStart] === 0x28;
      const isRecord = hasEquals && id > 0 && id <= 0xffffffff && (isComplex || nameEnd > bodyStart);
      const end = endOfStatement(isComplex ? bodyStart : nameEnd, isRecord && isComplex ? id : 0);
      if (!isRecord || end < 0 || !isClean) {
        at = resync(start, end);
        continue;
      }
      if (!isComplex) list(bytes.toString('latin1', bodyStart, nameEnd).toUpperCase(), id);
      if (ids.length > 0 && id <= ids.data[ids.length - 1]!) isSorted = false;
      ids.push(id);
      if (id > highestId) highestId = id;
      starts.push(bodyStart);
      if (id < MAX_CHECKED_ID) defined.add(id);
      at = end + 1;
      continue;
    }

    const end = endOfStatement(at, 0);
    const word = wordAt(bytes, start, end < 0 ? bytes.length : end);
    if (word === 'END-ISO-10303-21') {
      ended = true;
      break;
    }
    if (section === 'DATA' && word !== 'ENDSEC') {
      at = resync(start, end);
      continue;
    }
    if (end < 0) break;
    if (word === 'ENDSEC') {
      if (section === 'DATA') dataEnd = start;
      section = '';
    } else if (section === '' && (word === 'HEADER' || word === 'DATA' || word === 'ANCHOR' || word === 'REFERENCE')) {
      section = word;
      if (word === 'DATA') sawData = true;
    } else if (section === 'HEADER') header.push({ start, end });
    else if (section === 'REFERENCE') references.push({ start, end });
    at = end + 1;
  }

  if (!ended) throw new Part21Fault('truncated', 'The file ends before END-ISO-10303-21.');
  if (!sawData || ids.length === 0) throw new Part21Fault('no_data', 'The file has no data records.');

  const order = isSorted ? undefined : sortedOrder(ids);
  const positionOf = (id: number): number => {
    let low = 0;
    let high = ids.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const index = order ? order[middle]! : middle;
      const found = ids.data[index]!;
      if (found === id) return index;
      if (found < id) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  };

  return {
    bytes,
    header,
    references,
    recordCount: ids.length,
    highestId,
    dataEnd,
    damagedCount,
    missingIds: missing(used, defined),
    idsOf: (type) => byType.get(type) ?? [],
    rangeOf(id) {
      const index = positionOf(id);
      if (index < 0) return undefined;
      const start = starts.data[index]!;
      section = '';
      return { start, end: endOfStatement(start, 0) };
    },
    typeOf(id) {
      const index = positionOf(id);
      if (index < 0) return undefined;
      let start = starts.data[index]!;
      if (bytes[start] === 0x28) start = skipSpace(bytes, start + 1);
      let end = start;
      while (isNameByte(bytes[end]!)) end++;
      return bytes.toString('latin1', start, end).toUpperCase();
    },
  };
}

function wordAt(bytes: Buffer, start: number, end: number): string {
  let at = start;
  while (at < end && at - start < 20 && (isNameByte(bytes[at]!) || bytes[at] === 0x2d)) at++;
  return bytes.toString('latin1', start, at).toUpperCase();
}

/** Indexes of `ids` in rising order of id; of equal ids in file order. */
function sortedOrder(ids: IntList): Uint32Array {
  const order = new Uint32Array(ids.length).map((_, index) => index);
  return order.sort((a, b) => ids.data[a]! - ids.data[b]! || a - b);
}

function missing(used: BitSet, defined: BitSet): number[] {
  const found: number[] = [];
  for (let word = 0; word < used.words.length && found.length < MAX_MISSING; word++) {
    let bits = used.words[word]! & ~(defined.words[word] ?? 0);
    while (bits !== 0 && found.length < MAX_MISSING) {
      const low = bits & -bits;
      found.push(word * 32 + (31 - Math.clz32(low)));
      bits ^= low;
    }
  }
  return found;
}
