import type { ExecutionResult } from 'graphql';

/** Characters that JSON escapes, and halves of characters, which it writes as escapes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what JSON escapes.
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

/** JSON that is written already. */
export class JsonText {
  constructor(readonly text: string) {}

  /** For those who do not know of it and write JSON themselves. */
  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}

/** A value as JSON. @throws Error when JSON has nothing for it */
export function jsonText(value: unknown): string {
  if (typeof value === 'string') return ESCAPED.test(value) ? JSON.stringify(value) : `"${value}"`;
  const text = JSON.stringify(value);
  if (text === undefined) throw new Error(`JSON has nothing for a ${typeof value}.`);
  return text;
}

/** Writes an answer whose data may be text already, as the one who sends it asks for it by the name of `stringify`. */
export function answerText(answer: ExecutionResult): string {
  const members = Object.entries(answer).flatMap(([name, value]) => {
    const text = value instanceof JsonText ? value.text : JSON.stringify(value);
    return text === undefined ? [] : `${JSON.stringify(name)}:${text}`;
  });
  return `{${members.join(',')}}`;
}
