import type { JsonObject, JsonValue } from '../../modules/json.js';

/** Readers of loosely typed values. Each returns undefined for what it cannot read, and never throws. */

/** 64, "64", " 64.0 "; not "", "64 px", true. */
export function asNumber(value: JsonValue): number | undefined {
  const number =
    typeof value === 'string' && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

export function asNumberIn(min: number, max: number) {
  return (value: JsonValue): number | undefined => {
    const number = asNumber(value);
    return number !== undefined && number >= min && number <= max ? number : undefined;
  };
}

export function asIntegerIn(min: number, max: number) {
  const read = asNumberIn(min, max);
  return (value: JsonValue): number | undefined => {
    const number = read(value);
    return Number.isInteger(number) ? number : undefined;
  };
}

const TRUE = new Set(['true', 'yes', 'on', '1']);
const FALSE = new Set(['false', 'no', 'off', '0']);

export function asBoolean(value: JsonValue): boolean | undefined {
  const word = typeof value === 'object' ? '' : String(value).trim().toLowerCase();
  return TRUE.has(word) ? true : FALSE.has(word) ? false : undefined;
}

export function asText(value: JsonValue): string | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' ? undefined : text;
}

/** One of the given words, whatever its case, or what it stands for. */
export function asWord<T extends string>(words: Readonly<Record<string, T>>) {
  return (value: JsonValue): T | undefined => {
    const word = typeof value === 'string' || typeof value === 'number' ? String(value).trim().toLowerCase() : '';
    return Object.hasOwn(words, word) ? words[word] : undefined;
  };
}

/** `#fff`, `#FFFFFF`, `ffffff` → `#ffffff`. */
export function asHex(value: JsonValue): string | undefined {
  const digits = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i
    .exec(typeof value === 'string' ? value.trim() : '')?.[1]
    ?.toLowerCase();
  if (digits === undefined) return undefined;
  return `#${digits.length === 3 ? [...digits].map((digit) => digit + digit).join('') : digits}`;
}

export interface Size {
  width: number;
  height: number;
}
const side = asIntegerIn(1, 1_000_000);

/** 2048, "2048", "2048x1024", "4k" (square), [2048, 1024], { width, height }; before any percentage. */
export function asSize(value: JsonValue): Size | undefined {
  if (typeof value === 'string') {
    const thousands = /^\s*(\d{1,2})k\s*$/i.exec(value)?.[1];
    if (thousands !== undefined) return asSize(Number(thousands) * 1024);
    const parts = value.split(/\s*[x×*]\s*/i);
    if (parts.length === 2) return sizeOf(parts[0]!, parts[1]!);
  }
  if (Array.isArray(value)) return value.length === 2 ? sizeOf(value[0]!, value[1]!) : undefined;
  if (typeof value === 'object' && value !== null) return sizeOf(value.width ?? null, value.height ?? null);
  return sizeOf(value, value);
}

function sizeOf(w: JsonValue, h: JsonValue): Size | undefined {
  const width = side(w);
  const height = side(h);
  return width === undefined || height === undefined ? undefined : { width, height };
}

/** An object of names to names. */
export function asTextRecord(value: JsonValue): Record<string, string> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value as JsonObject).map(([key, inner]) => [key, asText(inner)] as const);
  if (entries.length === 0 || entries.some(([, inner]) => inner === undefined)) return undefined;
  return Object.fromEntries(entries) as Record<string, string>;
}
