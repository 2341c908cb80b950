import type { Part21File, Range } from './part21.js';

/** A parsed argument. `$` and `*` are null; strings are decoded; `.MILLI.` is an enum. */
export type Value = number | string | null | Ref | Enum | Typed | Value[];
export interface Ref {
  ref: number;
}
export interface Enum {
  enum: string;
}
export interface Typed {
  type: string;
  args: Value[];
}

const MAX_DEPTH = 50;

const isRef = (value: Value | undefined): value is Ref => typeof value === 'object' && value !== null && 'ref' in value;
export const refOf = (value: Value | undefined): number => (isRef(value) ? value.ref : 0);
export const refsOf = (value: Value | undefined): number[] =>
  Array.isArray(value) ? value.filter(isRef).map((item) => item.ref) : [];
export const textOf = (value: Value | undefined): string => (typeof value === 'string' ? value : '');
export const enumOf = (value: Value | undefined): string =>
  typeof value === 'object' && value !== null && 'enum' in value ? value.enum : '';
export const numbersOf = (value: Value | undefined): number[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'number') : [];

/** The simple parts of a record: one for `TYPE(...)`, several for a complex `(A(...)B(...))`. Empty when it cannot be parsed. */
export function partsOf(file: Part21File, id: number): Typed[] {
  const range = file.rangeOf(id);
  if (!range) return [];
  try {
    return new Parser(file.bytes, range.start, range.end).record();
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

/** Arguments of the record, or of its part of that type; undefined when there is no such record or part. */
export function argsOf(file: Part21File, id: number, type?: string): Value[] | undefined {
  const parts = partsOf(file, id);
  return (type ? parts.find((part) => part.type === type) : parts[0])?.args;
}

/** Parses one statement such as `FILE_SCHEMA(('AUTOMOTIVE_DESIGN'))`. Empty when it cannot be parsed. */
export function parseStatement(bytes: Buffer, range: Range): Typed[] {
  try {
    return new Parser(bytes, range.start, range.end).record();
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

/** Byte ranges of a simple record's arguments. */
export function argRanges(bytes: Buffer, record: Range): Range[] {
  const open = bytes.indexOf(0x28, record.start);
  if (open < 0 || open >= record.end) return [];
  const ranges: Range[] = [];
  let depth = 0;
  let start = open + 1;
  for (let at = open; at < record.end; at++) {
    const c = bytes[at]!;
    if (c === 0x27) {
      const close = bytes.indexOf(0x27, at + 1);
      if (close < 0) return [];
      at = close;
    } else if (c === 0x28) depth++;
    else if (c === 0x29) depth--;
    if ((c === 0x2c && depth === 1) || (c === 0x29 && depth === 0)) {
      ranges.push({ start, end: at });
      start = at + 1;
    }
    if (depth === 0) break;
  }
  return ranges;
}

class Parser {
  constructor(
    private readonly bytes: Buffer,
    private at: number,
    private readonly end: number,
  ) {}

  record(): Typed[] {
    this.space();
    if (this.bytes[this.at] !== 0x28) return [this.typed(0)];
    this.at++;
    const parts: Typed[] = [];
    for (;;) {
      this.space();
      if (this.bytes[this.at] === 0x29) return parts;
      parts.push(this.typed(0));
    }
  }

  private space(): void {
    while (this.at < this.end) {
      const c = this.bytes[this.at]!;
      if (c <= 0x20) this.at++;
      else if (c === 0x2f && this.bytes[this.at + 1] === 0x2a) {
        const close = this.bytes.indexOf('*/', this.at + 2, 'latin1');
        this.at = close < 0 ? this.end : close + 2;
      } else return;
    }
  }

  private word(): string {
    const start = this.at;
    while (this.at < this.end) {
      const c = this.bytes[this.at]!;
      const isName =
        (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a) || (c >= 0x30 && c <= 0x39) || c === 0x5f || c === 0x21;
      if (!isName) break;
      this.at++;
    }
    if (this.at === start) throw new SyntaxError('A name is missing.');
    return this.bytes.toString('latin1', start, this.at).toUpperCase();
  }

  private typed(depth: number): Typed {
    const type = this.word();
    this.space();
    return { type, args: this.list(depth) };
  }

  private list(depth: number): Value[] {
    if (depth > MAX_DEPTH || this.bytes[this.at] !== 0x28) throw new SyntaxError('A list is missing or too deep.');
    this.at++;
    const values: Value[] = [];
    for (;;) {
      this.space();
      const c = this.bytes[this.at];
      if (c === undefined || this.at >= this.end) throw new SyntaxError('The record ends in a list.');
      if (c === 0x29) {
        this.at++;
        return values;
      }
      if (c === 0x2c) this.at++;
      else values.push(this.value(c, depth));
    }
  }

  private value(c: number, depth: number): Value {
    if (c === 0x28) return this.list(depth + 1);
    if (c === 0x24 || c === 0x2a) {
      this.at++;
      return null;
    }
    if (c === 0x27) return this.text();
    if (c === 0x23) {
      this.at++;
      return { ref: this.number() };
    }
    if (c === 0x2e) {
      this.at++;
      const name = this.word();
      this.at++;
      return { enum: name };
    }
    if (c === 0x22) {
      const close = this.bytes.indexOf(0x22, this.at + 1);
      this.at = close < 0 ? this.end : close + 1;
      return null;
    }
    if ((c >= 0x30 && c <= 0x39) || c === 0x2b || c === 0x2d) return this.number();
    return this.typed(depth + 1);
  }

  private number(): number {
    const start = this.at;
    while (this.at < this.end) {
      const c = this.bytes[this.at]!;
      const isNumeric = (c >= 0x30 && c <= 0x39) || c === 0x2e || c === 0x2b || c === 0x2d || c === 0x45 || c === 0x65;
      if (!isNumeric) break;
      this.at++;
    }
    const value = Number(this.bytes.toString('latin1', start, this.at));
    if (!Number.isFinite(value)) throw new SyntaxError('A number is malformed.');
    return value;
  }

  private text(): string {
    const start = this.at + 1;
    let at = start;
    for (;;) {
      const close = this.bytes.indexOf(0x27, at);
      if (close < 0 || close >= this.end) throw new SyntaxError('A string does not end.');
      if (this.bytes[close + 1] !== 0x27) {
        this.at = close + 1;
        return decodeText(this.bytes.subarray(start, close));
      }
      at = close + 2;
    }
  }
}

/** Decodes the inside of a Part 21 string: doubled quotes, `\X2\..\X0\`, `\X4\..\X0\`, `\X\hh`, `\S\c`, `\\`.
 * Raw bytes are taken as UTF-8 and, where they are not, as Latin-1. Line breaks inside a string do not count. */
export function decodeText(raw: Buffer): string {
  const utf8 = raw.toString('utf8');
  const text = (utf8.includes('�') ? raw.toString('latin1') : utf8).replaceAll("''", "'").replace(/[\r\n]/g, '');
  if (!text.includes('\\')) return text.trim();
  let out = '';
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf('\\', at);
    if (next < 0) break;
    out += text.slice(at, next);
    at = next;
    const wide = text.startsWith('\\X2\\', at) ? 4 : text.startsWith('\\X4\\', at) ? 8 : 0;
    if (wide > 0) {
      const close = text.indexOf('\\X0\\', at + 4);
      const digits = text.slice(at + 4, close < 0 ? text.length : close);
      out += decodeHex(digits, wide);
      at = close < 0 ? text.length : close + 4;
    } else if (text.startsWith('\\X\\', at)) {
      out += decodeHex(text.slice(at + 3, at + 5), 2);
      at += 5;
    } else if (text.startsWith('\\S\\', at)) {
      out += String.fromCharCode(((text.charCodeAt(at + 3) || 0x20) & 0x7f) | 0x80);
      at += 4;
    } else if (text[at + 1] === 'P' && text[at + 3] === '\\') {
      at += 4;
    } else {
      out += '\\';
      at += text[at + 1] === '\\' ? 2 : 1;
    }
  }
  return (out + text.slice(at)).trim();
}

function decodeHex(digits: string, width: number): string {
  let out = '';
  for (let at = 0; at + width <= digits.length; at += width) {
    const code = Number.parseInt(digits.slice(at, at + width), 16);
    if (Number.isNaN(code) || code > 0x10ffff) out += '\uFFFD';
    else out += width === 8 ? String.fromCodePoint(code) : String.fromCharCode(code);
  }
  return out;
}
