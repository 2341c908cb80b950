import { ConflictError, type FieldIssue } from '../errors.js';

/** Longest name for people of an entry of the library. */
const MAX_LABEL = 120;

/** Checks the stable key of a new entry of the library; what is wrong with it is added to `issues`.
 * @param path - of the key in what was sent, as a JSON pointer. */
export function checkKey(key: string, path: string, issues: FieldIssue[]): void {
  if (!/^[a-z][a-z0-9_]{0,63}$/.test(key))
    issues.push({ path, message: 'Begin with a small letter; small letters, digits and _ follow, up to 64.' });
}

/** The name for people without blanks around it; what is wrong with it is added to `issues`. */
export function checkedLabel(text: string, issues: FieldIssue[]): string {
  const label = text.trim();
  if (label.length < 1 || label.length > MAX_LABEL)
    issues.push({ path: '/label', message: `Give a name of 1 to ${MAX_LABEL} characters.` });
  return label;
}

/** Refuses a change that was made without knowing of another.
 * @param revision - the one that the change is based on; none: whatever is there.
 * @throws ConflictError with `code` where somebody else was quicker. */
export function requireRevision(
  row: { label: string; revision: number },
  revision: number | null | undefined,
  code: string,
): void {
  if (revision != null && revision !== row.revision)
    throw new ConflictError(`Somebody else has changed “${row.label}” in the meantime. Load it again.`, code);
}
