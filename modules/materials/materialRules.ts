import picomatch from 'picomatch';
import { ModuleError } from '../errors.js';
import type { MaterialRule } from '../shapes/materials.js';
import type { Part } from '../shapes/objectTree.js';
import { foldCase, foldName } from './partNames.js';

/** Globs treat "/" as a folder; in part names it is a letter like any other. */
const SLASH = '\u2044';

/** What a rule looks at. */
export interface RuleSubject {
  name: string;
  /** sRGB hex, lower case, or null. */
  color: string | null;
}

/** The colour a rule compares: that of the part, or of all its faces when they agree. */
export function ruleSubject(part: Pick<Part, 'name' | 'color' | 'faceColors'>): RuleSubject {
  const [only, ...others] = part.faceColors;
  return { name: part.name, color: part.color ?? (only !== undefined && others.length === 0 ? only : null) };
}

/** Finds the rule for a part. */
export type RuleBook = (part: RuleSubject) => MaterialRule | null;

/** Makes the rules of a library ready for use. Rules of another category are left out; without a product only rules for all categories count.
 * @returns the rule of highest priority that fits a part, or null.
 * Throws {ModuleError} `RULE_CONFLICT` when two rules of equal priority fit one part: then nobody has decided. */
export function ruleBook(rules: readonly MaterialRule[], category: string | null): RuleBook {
  const fitting = fittingRules(rules, category);
  return (part) => {
    const [first, second] = fitting(part);
    if (!first) return null;
    if (second && second.priority === first.priority) throw conflict(part.name, first, second);
    return first;
  };
}

/** All rules that fit a part, strongest first. */
export function fittingRules(
  rules: readonly MaterialRule[],
  category: string | null,
): (part: RuleSubject) => MaterialRule[] {
  const usable = rules
    .filter((rule) => rule.category === null || rule.category === category)
    .map((rule) => ({ rule, fits: nameTest(rule.partNamePattern) }))
    .sort((a, b) => b.rule.priority - a.rule.priority || (a.rule.id < b.rule.id ? -1 : 1));
  return (part) => {
    const name = globText(foldName(part.name));
    return usable
      .filter(
        ({ rule, fits }) =>
          fits(name) && (rule.cadColor === null || rule.cadColor.toLowerCase() === part.color?.toLowerCase()),
      )
      .map(({ rule }) => rule);
  };
}

/** How far a rule can be trusted, 0..1: the more it asks of a part, the further. */
export function confidenceOf({ partNamePattern: pattern, cadColor, category }: MaterialRule): number {
  if (pattern === null) return cadColor === null ? 0.3 : 0.6;
  const isExact = !/[*?[{]/.test(pattern);
  if (isExact || cadColor !== null) return 1;
  return category === null ? 0.85 : 0.95;
}

const LONGEST_PATTERN_SHOWN = 48;

/** A rule in words: `name like "*cage*"`. */
export function ruleText(rule: MaterialRule): string {
  const conditions = [
    rule.partNamePattern === null ? null : `name like "${shortened(rule.partNamePattern)}"`,
    rule.cadColor === null ? null : `CAD colour ${rule.cadColor}`,
    rule.category === null ? null : `category ${rule.category}`,
  ].filter((condition) => condition !== null);
  return conditions.join(' and ') || 'any part';
}

const shortened = (pattern: string) =>
  pattern.length > LONGEST_PATTERN_SHOWN ? `${pattern.slice(0, LONGEST_PATTERN_SHOWN - 1)}…` : pattern;

function nameTest(pattern: string | null): (name: string) => boolean {
  if (pattern === null) return () => true;
  // Patterns are folded like names, except inside brackets, where a hyphen means a range.
  const folded = foldCase(pattern).replace(/\[[^\]]*\]|[\s_-]+/gu, (found) => (found.startsWith('[') ? found : ' '));
  return picomatch(globText(folded), { dot: true, nonegate: true, noextglob: true });
}

const globText = (text: string) => text.replaceAll('/', SLASH);

function conflict(part: string, a: MaterialRule, b: MaterialRule): ModuleError {
  return new ModuleError(
    'RULE_CONFLICT',
    `Two material rules of priority ${a.priority} fit the part "${part}": ${ruleText(a)} (${a.material}) and ${ruleText(b)} (${b.material}). Give one of them a higher priority.`,
    'input',
    { part, rules: [a.id, b.id] },
  );
}
