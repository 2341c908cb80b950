/** As Postgres puts a moment into JSON, in UTC: the milliseconds without the zeros at their end. */
const TEXT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?\+00:00$/;
/** Its length with all three digits of the milliseconds. */
const LENGTH = 29;

/** A moment as ISO 8601 in UTC with milliseconds, of the text that Postgres put into JSON. */
export function momentText(text: string): string {
  if (!TEXT.test(text)) return new Date(text).toISOString();
  if (text.length === LENGTH) return `${text.slice(0, 23)}Z`;
  const seconds = text.slice(0, 19);
  return text.length === 25 ? `${seconds}.000Z` : `${seconds}${text.slice(19, -6).padEnd(4, '0')}Z`;
}

/** A moment that remembers its text: most are read only to be written down again, and that is dearer than reading. Never changed. */
export class ReadDate extends Date {
  constructor(private readonly text: string) {
    super(text);
  }

  override toISOString(): string {
    return momentText(this.text);
  }
}
