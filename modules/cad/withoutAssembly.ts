import { markRecords } from './facePatches.js';
import type { Part21File } from './part21.js';
import { type Edit, splice } from './part21Edits.js';
import { argRanges, argsOf, refOf, refsOf } from './part21Values.js';
import type { ProductStructure } from './productStructure.js';
import { cureSphereSeams } from './sphereSeams.js';

const BYTE_ORDER_MARK = Buffer.from('\uFEFF');

/** Name the reader gives back for the shape of a product. */
export const markOf = (productId: number) => `hm-product-${productId}`;

/** The same file with its assembly structure taken out, so that every product becomes a root of its own.
 *
 * OpenCascade then builds and meshes each unique shape once, in its own coordinates and to its own size, instead of
 * handing out a baked copy per instance of a flattened tree; the structure itself is read from the text.
 * Products are renamed to `markOf(id)`, which tells without doubt which shape belongs to which product.
 * Faces that look otherwise in single instances are marked by colour (`facePatches.ts`).
 * Faces that OpenCascade is known to misread are straightened on the way (`sphereSeams.ts`).
 * Records are replaced by harmless ones of the same id, never removed: a reference must not dangle. */
export function withoutAssembly(file: Part21File, structure: ProductStructure): Buffer {
  const { bytes } = file;
  const edits: Edit[] = [];
  const replace = (id: number, text: string) => {
    const range = file.rangeOf(id);
    if (range) edits.push({ ...range, text });
  };

  for (const id of new Set([...structure.definitions.values()].map((definition) => definition.productId))) {
    const range = file.rangeOf(id);
    const name = range && argRanges(bytes, range)[1];
    if (name) edits.push({ ...name, text: `'${markOf(id)}'` });
  }
  for (const id of structure.records.usages) {
    const range = file.rangeOf(id);
    const [tag, , , parent, child] = range ? argRanges(bytes, range) : [];
    if (!tag || !parent || !child) continue;
    const slice = (part: { start: number; end: number }) => bytes.toString('latin1', part.start, part.end);
    replace(id, `PRODUCT_DEFINITION_RELATIONSHIP(${slice(tag)},'','',${slice(parent)},${slice(child)})`);
  }
  for (const { id, child } of structure.records.relationships) {
    replace(id, `REPRESENTATION_RELATIONSHIP('','',#${child},#${child})`);
  }
  const { patches, records: looks } = structure.instances;
  const ofPatches = patches.flatMap((patch) => patch.styles);
  for (const id of [...structure.records.contextDependent, ...looks, ...ofPatches])
    replace(id, "DIRECTION('',(1.,0.,0.))");
  for (const { representation, items, fallback } of structure.records.mappedItems) {
    const range = file.rangeOf(representation);
    const list = range && argRanges(bytes, range)[1];
    const kept = refsOf(argsOf(file, representation)?.[1]).filter((item) => !items.has(item));
    if (list)
      edits.push({ ...list, text: `(${(kept.length > 0 ? kept : [fallback]).map((id) => `#${id}`).join(',')})` });
  }
  const marks = markRecords(patches, file.highestId + 1, (definition) => {
    const [representation] = structure.definitions.get(definition)!.representations;
    return refOf(argsOf(file, representation!)?.[2]);
  });
  if (marks.length > 0) edits.push({ start: file.dataEnd, end: file.dataEnd, text: `${marks.join('\n')}\n` });
  edits.push(...cureSphereSeams(file, file.highestId + marks.length + 1));
  // OpenCascade takes a byte order mark for damage.
  if (bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK))
    edits.push({ start: 0, end: BYTE_ORDER_MARK.length, text: '' });
  return splice(bytes, edits);
}
