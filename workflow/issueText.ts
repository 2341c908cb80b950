import type { z } from 'zod';
import type { JsonValue } from '../modules/json.js';

type Issue = z.core.$ZodIssue;

/** Zod's own English, which is for programmers; anything else was written by the author of the schema. */
const ZOD_WORDS = /^(Too (big|small)|Invalid|Unrecognized|Expected)/;

const TYPE_WORDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'yes or no',
  array: 'a list',
  object: 'a group of settings',
  record: 'a group of settings',
  null: 'empty',
};

/** What is wrong, as the rest of a sentence that begins with the name of the field: "must be at most 4096, not 9999". */
export function issueText(issue: Issue, value: JsonValue | undefined): string {
  const rule = ruleOf(issue);
  if (rule === undefined) return `is not right: ${issue.message}`;
  return value === undefined || typeof value === 'object' ? rule : `${rule}, not ${shown(value)}`;
}

function ruleOf(issue: Issue): string | undefined {
  if (issue.message !== '' && !ZOD_WORDS.test(issue.message)) return undefined;
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && issue.message.endsWith('received undefined')
        ? 'is missing'
        : `must be ${TYPE_WORDS[issue.expected] ?? issue.expected}`;
    case 'too_big':
      return `must ${sizeWord(issue.origin)} ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unitOf(issue.origin)}`;
    case 'too_small':
      return `must ${sizeWord(issue.origin)} ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
    case 'unrecognized_keys':
      return `does not know ${issue.keys.map((key) => `“${key}”`).join(', ')}`;
    case 'invalid_format':
      return `must be ${issue.format === 'regex' ? 'in the right form' : `a valid ${issue.format}`}`;
    case 'invalid_union':
      if ('options' in issue && Array.isArray(issue.options))
        return `must be one of ${issue.options.map(String).join(', ')}`;
      return 'fits none of the allowed forms';
    default:
      return undefined;
  }
}

const sizeWord = (origin: string) => (origin === 'string' || origin === 'array' ? 'have' : 'be');
const unitOf = (origin: string) => ({ string: ' characters', array: ' entries' })[origin] ?? '';

function shown(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

/** The value at a path, undefined where there is none. Only own properties count. */
export function valueAt(root: unknown, path: readonly PropertyKey[]): JsonValue | undefined {
  let value = root;
  for (const key of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value as JsonValue | undefined;
}
