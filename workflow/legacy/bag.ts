import type { JsonObject, JsonValue } from '../../modules/json.js';
import { type Finding, pointer } from '../finding.js';

/** What became of one key of the old settings. */
export interface LegacyKeyReport {
  key: string;
  /** `mapped`: said in the new words. `ignored`: understood, and not needed. `unknown`: not understood, a person must look. */
  status: 'mapped' | 'ignored' | 'unknown';
  /** Where it went, for example `overrides.resolution`; only with `mapped`. */
  target?: string;
  /** One sentence for people. */
  note: string;
}

/** A bag of old settings that remembers what became of every key. Each key is settled once; the first word counts. */
export class LegacyBag {
  readonly #bag: JsonObject;
  readonly #reports = new Map<string, LegacyKeyReport>();
  readonly findings: Finding[] = [];

  constructor(bag: JsonObject) {
    this.#bag = bag;
    for (const [key, value] of Object.entries(bag)) {
      if (value === null || value === '') this.ignore(key, 'It was not set.');
    }
  }

  /** Reads a key that is set and not settled yet. An unreadable value is settled as unknown, with an error. */
  read<T>(key: string, reader: (value: JsonValue) => T | undefined, expected: string): T | undefined {
    if (!this.has(key)) return undefined;
    const value = reader(this.#bag[key]!);
    if (value === undefined) this.reject(key, 'LEGACY_VALUE_INVALID', `“${key}” should be ${expected}.`);
    return value;
  }

  /** The first of several keys for one thing that can be read wins; the later ones only repeat it. */
  firstOf<T>(keys: readonly string[], read: (key: string) => T | undefined): { key: string; value: T } | undefined {
    for (const [i, key] of keys.entries()) {
      const value = read(key);
      if (value === undefined) continue;
      for (const later of keys.slice(i + 1)) this.ignore(later, `“${key}” already says it.`);
      return { key, value };
    }
    return undefined;
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#bag, key) && !this.#reports.has(key);
  }

  map(keys: readonly string[], target: string, note = `Now “${target}”.`): void {
    for (const key of keys) this.#settle({ key, status: 'mapped', target, note });
  }

  ignore(key: string, note: string): void {
    this.#settle({ key, status: 'ignored', note });
  }

  reject(key: string, code: string, note: string, severity: Finding['severity'] = 'error'): void {
    if (!this.has(key)) return;
    this.#settle({ key, status: 'unknown', note });
    this.findings.push({ code, severity, message: note, path: pointer(key) });
  }

  warn(key: string, code: string, message: string): void {
    this.findings.push({ code, severity: 'warning', message, path: pointer(key) });
  }

  tell(key: string, code: string, message: string): void {
    this.findings.push({ code, severity: 'info', message, path: pointer(key) });
  }

  /** Settles what nobody asked for and returns one report for each key, in the order of the bag. */
  close(): LegacyKeyReport[] {
    for (const key of Object.keys(this.#bag)) {
      this.reject(key, 'LEGACY_KEY_UNKNOWN', `Nothing is known of the old setting “${key}”; it is kept.`, 'warning');
    }
    return Object.keys(this.#bag).map((key) => this.#reports.get(key)!);
  }

  #settle(report: LegacyKeyReport): void {
    if (this.has(report.key)) this.#reports.set(report.key, report);
  }
}
