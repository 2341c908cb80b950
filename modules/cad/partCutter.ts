import { type Part21File, scanPart21 } from './part21.js';
import { argsOf, refOf, refsOf } from './part21Values.js';
import type { ProductDefinition } from './productStructure.js';

const RELATED = 'SHAPE_REPRESENTATION_RELATIONSHIP';
const STYLES = ['STYLED_ITEM', 'OVER_RIDING_STYLED_ITEM'];
const PRESENTATIONS = ['MECHANICAL_DESIGN_GEOMETRIC_PRESENTATION_REPRESENTATION', 'DRAUGHTING_MODEL'];
const TYPES = new Set([
  'PRODUCT_DEFINITION_SHAPE',
  'SHAPE_DEFINITION_REPRESENTATION',
  RELATED,
  ...STYLES,
  ...PRESENTATIONS,
]);

/** Some products of a file as a file of their own. */
export interface Cutting {
  definitions: ProductDefinition[];
  bytes: Buffer;
}

/** Cuts a file without assembly structure into smaller ones: all that is reached from some of its products, and their styles. */
export class PartCutter {
  private readonly file: Part21File;
  /** Records that point at what they belong to: of each product definition, representation or shape. */
  private readonly pointingAt = new Map<number, number[]>();
  /** By styled item: the list that shows it. */
  private readonly shownBy = new Map<number, { id: number; context: number; start: number }>();

  constructor(bytes: Buffer) {
    this.file = scanPart21(bytes, TYPES);
    for (const id of this.file.idsOf('PRODUCT_DEFINITION_SHAPE')) this.point(id, refOf(argsOf(this.file, id)?.[2]));
    for (const id of this.file.idsOf('SHAPE_DEFINITION_REPRESENTATION')) {
      this.point(id, refOf(argsOf(this.file, id)?.[0]));
    }
    for (const id of this.file.idsOf(RELATED)) {
      const args = argsOf(this.file, id);
      for (const end of [args?.[2], args?.[3]]) this.point(id, refOf(end));
    }
    for (const type of STYLES) {
      for (const id of this.file.idsOf(type)) this.point(id, refOf(argsOf(this.file, id, type)?.[2]));
    }
    for (const type of PRESENTATIONS) {
      for (const id of this.file.idsOf(type)) {
        const args = argsOf(this.file, id);
        const range = this.file.rangeOf(id);
        if (!range || !args || this.file.bytes[range.start] === 0x28) continue;
        const presentation = { id, context: refOf(args[2]), start: range.start };
        for (const item of refsOf(args[1])) this.shownBy.set(item, presentation);
      }
    }
  }

  /** Cuttings of about `size` bytes that together hold all `definitions`. One that is as large by itself stays by itself, so
   * that the others need not wait for it; definitions of one product, which only their order tells apart, stay together. */
  *cuttings(definitions: readonly ProductDefinition[], size: number): Generator<Cutting> {
    let records = new Map<number, string>();
    let taken: ProductDefinition[] = [];
    let byteSize = 0;
    for (const group of byProduct(definitions)) {
      const own = new Map<number, string>();
      const ownSize = group.reduce((sum, { id }) => sum + this.collect(id, own), 0);
      if (ownSize >= size) {
        yield { definitions: group, bytes: this.write(own) };
        continue;
      }
      for (const [id, text] of own) records.set(id, text);
      taken.push(...group);
      byteSize += ownSize;
      if (byteSize < size) continue;
      yield { definitions: taken, bytes: this.write(records) };
      records = new Map();
      taken = [];
      byteSize = 0;
    }
    if (taken.length > 0) yield { definitions: taken, bytes: this.write(records) };
  }

  /** One product as a file of its own. */
  cut(definition: ProductDefinition): Cutting {
    const records = new Map<number, string>();
    this.collect(definition.id, records);
    return { definitions: [definition], bytes: this.write(records) };
  }

  private point(from: number, at: number): void {
    const known = this.pointingAt.get(at);
    if (known) known.push(from);
    else this.pointingAt.set(at, [from]);
  }

  /** Adds everything that belongs to a product definition; returns its size in bytes. */
  private collect(root: number, records: Map<number, string>): number {
    const open = [root];
    let byteSize = 0;
    while (open.length > 0) {
      const id = open.pop()!;
      if (records.has(id)) continue;
      const range = this.file.rangeOf(id);
      if (!range) continue;
      const text = this.file.bytes.toString('latin1', range.start, range.end);
      records.set(id, text);
      byteSize += text.length + 12;
      for (const ref of referencesOf(text)) if (!records.has(ref)) open.push(ref);
      for (const pointing of this.pointingAt.get(id) ?? []) if (!records.has(pointing)) open.push(pointing);
    }
    return byteSize;
  }

  private write(records: Map<number, string>): Buffer {
    const { bytes, header } = this.file;
    const shown = new Map<{ id: number; context: number; start: number }, number[]>();
    for (const record of records.keys()) {
      const presentation = this.shownBy.get(record);
      if (!presentation) continue;
      const items = shown.get(presentation);
      if (items) items.push(record);
      else shown.set(presentation, [record]);
    }
    for (const [{ id, context, start }, items] of shown) {
      this.collect(context, records);
      const name = bytes.toString('latin1', start, bytes.indexOf(0x28, start));
      records.set(id, `${name}('',(${items.map((item) => `#${item}`).join()}),#${context})`);
    }
    const statements = header.map(({ start, end }) => `${bytes.toString('latin1', start, end)};\n`);
    const lines = [...records].sort(([a], [b]) => a - b).map(([id, text]) => `#${id}=${text};\n`);
    return Buffer.from(
      `ISO-10303-21;\nHEADER;\n${statements.join('')}ENDSEC;\nDATA;\n${lines.join('')}ENDSEC;\nEND-ISO-10303-21;\n`,
      'latin1',
    );
  }
}

function byProduct(definitions: readonly ProductDefinition[]): ProductDefinition[][] {
  const groups = new Map<number, ProductDefinition[]>();
  for (const definition of definitions) {
    const group = groups.get(definition.productId);
    if (group) group.push(definition);
    else groups.set(definition.productId, [definition]);
  }
  return [...groups.values()];
}

/** The ids a record's text refers to, those in its strings left out. */
function referencesOf(text: string): number[] {
  const found: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === 0x27) {
      const close = text.indexOf("'", at + 1);
      if (close < 0) break;
      at = close;
    } else if (c === 0x23) {
      let id = 0;
      for (at++; at < text.length; at++) {
        const digit = text.charCodeAt(at) - 0x30;
        if (!(digit >= 0 && digit <= 9)) break;
        id = id * 10 + digit;
      }
      at--;
      if (id > 0) found.push(id);
    }
  }
  return found;
}
