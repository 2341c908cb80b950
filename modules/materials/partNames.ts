import leven from 'leven';
import { ModuleError } from '../errors.js';

/** How CAD systems mark occurrences and copies: `Ball:3`, `Ball.003`, `Ball-2`, `Ball_1`, `Ball#4`, `Ball (2)`. */
const INSTANCE_SUFFIX = /(?::\d+|\.\d+|[-_ ]\d+|#\d+| ?\(\d+\))$/u;
/** How CAD systems end file names, after folding (`_asm` is ` asm`). Creo appends a version: `.prt.12`. */
const FILE_ENDING =
  /(?:\.(?:prt|asm)(?:\.\d+)?|\.(?:sldprt|sldasm|ipt|iam|catpart|catproduct|par|step|stp)| (?:asm|prt))$/u;
const LONGEST_NAME = 256;

/** A part name without the differences people do not see: NFC, case, kinds of blanks, file endings. Keeps instance suffixes. */
export function foldName(name: string): string {
  const folded = foldCase(name)
    .slice(0, LONGEST_NAME)
    .replace(/[\s_-]+/gu, ' ')
    .trim();
  return folded.replace(FILE_ENDING, '').trim();
}

/** Unicode case folding: upper case first, so that `ß` becomes `ss`. */
export function foldCase(text: string): string {
  return text.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

/** Makes the normaliser for a set of names that belong together. An instance suffix is stripped only when the shorter
 * name is one of them: "Ball:3" is a "Ball" where there is a "Ball", but "M10x35" and "6205-2" stay what they are. */
export function normaliser(names: Iterable<string>): (name: string) => string {
  const known = new Set([...names].map(foldName));
  return (name) => {
    const whole = foldName(name);
    // Suffixes are looked for in the unfolded text: folding would turn "-2" into a blank.
    const shorter = foldName(foldCase(name).trim().replace(INSTANCE_SUFFIX, ''));
    return shorter !== '' && shorter !== whole && known.has(shorter) ? shorter : whole;
  };
}

/** Finds parts by the names people write: the exact name first, then the normalised one. */
export class PartFinder {
  private readonly normalise: (name: string) => string;
  private readonly names: ReadonlySet<string>;
  private byNormalised: Map<string, string[]> | undefined;

  constructor(parts: readonly { name: string }[], otherNames: Iterable<string> = []) {
    this.names = new Set(parts.map((part) => part.name));
    this.normalise = normaliser([...this.names, ...otherNames]);
  }

  /** Part name → value for every part named in `table`.
   * @param where - whose table it is, for the sentence.
   * @throws {ModuleError} `PART_UNKNOWN` with close names; `PART_AMBIGUOUS` when two entries disagree on one part. */
  resolve(table: Readonly<Record<string, string>>, where: string, path: string): Map<string, string> {
    const exact = new Map<string, string>();
    const loose = new Map<string, { key: string; value: string }>();
    for (const [key, value] of Object.entries(table)) {
      if (this.names.has(key)) {
        exact.set(key, value);
        continue;
      }
      const matches = this.namesLike(key);
      if (matches.length === 0) throw this.unknown(key, where, path);
      for (const name of matches) {
        const earlier = loose.get(name);
        if (earlier && earlier.value !== value)
          throw new ModuleError(
            'PART_AMBIGUOUS',
            `${where} gives the part "${name}" two materials, as "${earlier.key}" and as "${key}".`,
            'input',
            { path, part: name },
          );
        loose.set(name, { key, value });
      }
    }
    return new Map([...[...loose].map(([name, { value }]): [string, string] => [name, value]), ...exact]);
  }

  private namesLike(key: string): readonly string[] {
    if (!this.byNormalised) {
      this.byNormalised = new Map();
      for (const name of this.names) {
        const normalised = this.normalise(name);
        const alike = this.byNormalised.get(normalised);
        if (alike) alike.push(name);
        else this.byNormalised.set(normalised, [name]);
      }
    }
    return this.byNormalised.get(this.normalise(key)) ?? [];
  }

  private unknown(key: string, where: string, path: string): ModuleError {
    const close = nearestNames(key, [...this.names]);
    return new ModuleError(
      'PART_UNKNOWN',
      `${where} names the part "${key}", which the CAD file does not have. ${closeSentence(close)}`,
      'input',
      { path, part: key, close },
    );
  }
}

/** Up to three names like `name`, nearest first. */
export function nearestNames(name: string, names: readonly string[]): string[] {
  const wanted = foldName(name);
  return names
    .map((candidate) => ({ candidate, distance: leven(wanted, foldName(candidate)) }))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** "Close names: …" for an error sentence. */
export function closeSentence(close: readonly string[]): string {
  return close.length === 0 ? 'There are none.' : `Close names: ${close.map((name) => `"${name}"`).join(', ')}.`;
}
