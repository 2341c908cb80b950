const TYPE_WORDS: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'yes or no',
  object: 'a group of values',
  array: 'a list',
  null: 'empty',
};

const FORMAT_WORDS: Record<string, string> = {
  email: 'an e-mail address',
  uri: 'a web address',
  'date-time': 'a date and time',
  date: 'a date',
  color: 'a colour like #b8bcc2',
};

const plural = (count: unknown, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

/** One sentence on what a value must be, from the JSON Schema keyword it breaks and what the schema says there. */
export function explain(keyword: string, expected: unknown, fallback: string): string {
  switch (keyword) {
    case 'type':
      return `This must be ${[expected]
        .flat()
        .map((type) => TYPE_WORDS[String(type)] ?? String(type))
        .join(' or ')}.`;
    case 'minimum':
      return `Must be at least ${expected}.`;
    case 'maximum':
      return `Must be at most ${expected}.`;
    case 'exclusiveMinimum':
      return `Must be more than ${expected}.`;
    case 'exclusiveMaximum':
      return `Must be less than ${expected}.`;
    case 'multipleOf':
      return `Must be a multiple of ${expected}.`;
    case 'minLength':
      return expected === 1
        ? 'This must not be empty.'
        : `Must have at least ${plural(expected, 'character', 'characters')}.`;
    case 'maxLength':
      return `Must have at most ${plural(expected, 'character', 'characters')}.`;
    case 'minItems':
      return `Needs at least ${plural(expected, 'entry', 'entries')}.`;
    case 'maxItems':
      return `Takes at most ${plural(expected, 'entry', 'entries')}.`;
    case 'uniqueItems':
      return 'No entry may appear twice.';
    case 'required':
      return 'This is required.';
    case 'enum':
      return `Must be one of: ${(expected as unknown[]).join(', ')}.`;
    case 'const':
      return `Must be ${JSON.stringify(expected)}.`;
    case 'pattern':
      return /#\[0-9a-fA-F\]\{6\}|#\[0-9a-f\]\{6\}/.test(String(expected))
        ? 'Must be a colour like #b8bcc2.'
        : `Must have the form ${expected}.`;
    case 'format':
      return `Must be ${FORMAT_WORDS[String(expected)] ?? String(expected)}.`;
    case 'additionalProperties':
    case 'false':
      return 'There is no such setting.';
    case 'anyOf':
    case 'oneOf':
      return 'This value is not one of the allowed kinds.';
    default:
      return fallback;
  }
}
