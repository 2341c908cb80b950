import { DomainError } from '../modules/errors.js';
import type { JsonValue } from '../modules/json.js';
import { pointer } from './finding.js';

/** JSON that says something which reading it would lose: `JSON_KEY_TWICE`, of which only the last would count, or
 * `JSON_NUMBER_INEXACT`, which would become another number. The message names the line. */
export class JsonLossError extends DomainError {
  constructor(
    code: string,
    message: string,
    /** JSON pointer to where it stands. */
    readonly path: string,
  ) {
    super(code, message);
  }
}

/** Reads JSON as `JSON.parse` does, but refuses what would be lost without a word. A byte order mark before it counts as nothing.
 * Numbers with a fraction or an exponent are rounded to the nearest that is kept, as everywhere; those beyond all bounds are refused.
 * Linear, and without recursion.
 * @throws SyntaxError where it is no JSON; JsonLossError. */
export function parseExactJson(text: string): JsonValue {
  const json = text.replace(/^\uFEFF/, '');
  const value = JSON.parse(json) as JsonValue;
  refuseLosses(json);
  return value;
}

/** An object or a list that is open, and the place in it where the reader stands. */
interface Level {
  at: PropertyKey;
  /** Names there are already; undefined: it is a list. */
  names?: Set<string>;
}

const NUMBER = /-?\d[\d.eE+-]*/y;

/** @param json - known to be valid, so that its marks alone tell where things are. */
function refuseLosses(json: string): void {
  const open: Level[] = [];
  let isNameNext = false;
  const refuse = (code: string, start: number, message: string) => {
    const path = open.map(({ at }) => pointer(at)).join('');
    throw new JsonLossError(code, `Line ${json.slice(0, start).split('\n').length}: ${message}`, path);
  };
  for (let at = 0; at < json.length; ) {
    const start = at++;
    switch (json[start]) {
      case '{':
        open.push({ at: '', names: new Set() });
        isNameNext = true;
        break;
      case '[':
        open.push({ at: 0 });
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case ',': {
        const level = open.at(-1)!;
        isNameNext = level.names !== undefined;
        if (!level.names) level.at = Number(level.at) + 1;
        break;
      }
      case '"': {
        at = endOfText(json, at);
        if (!isNameNext) break;
        isNameNext = false;
        const level = open.at(-1)!;
        const name = JSON.parse(json.slice(start, at)) as string;
        level.at = name;
        if (level.names!.has(name))
          refuse('JSON_KEY_TWICE', start, `“${shortened(name)}” stands twice in one object, and only one could count.`);
        level.names!.add(name);
        break;
      }
      default: {
        NUMBER.lastIndex = start;
        const [literal] = NUMBER.exec(json) ?? [];
        if (literal === undefined) break;
        at = start + literal.length;
        if (!isKept(literal))
          refuse(
            'JSON_NUMBER_INEXACT',
            start,
            `the number ${shortened(literal)} cannot be kept, it would become ${Number(literal)}.`,
          );
      }
    }
  }
}

/** Where a text ends whose first character is at `from`, its mark included. */
function endOfText(json: string, from: number): number {
  for (let end = json.indexOf('"', from); ; end = json.indexOf('"', end + 1)) {
    let escapes = 0;
    while (json[end - 1 - escapes] === '\\') escapes += 1;
    if (escapes % 2 === 0) return end + 1;
  }
}

/** Whether a number, as JSON and GraphQL write it, is still there after reading it: an integer with all its digits, any other within the bounds of numbers. */
export function isKept(literal: string): boolean {
  const value = Number(literal);
  if (!Number.isFinite(value)) return false;
  if (/[.eE]/.test(literal)) return value !== 0 || !/[1-9]/.test(mantissa(literal));
  return Number.isSafeInteger(value) || significant(literal) === significant(String(value));
}

const mantissa = (literal: string) => literal.replace(/e.*$/i, '');

/** The digits that tell numbers of one size apart. */
const significant = (literal: string) => mantissa(literal).replace(/[-.]/g, '').replace(/0+$/, '');

const shortened = (text: string) => (text.length > 40 ? `${text.slice(0, 39)}…` : text);
