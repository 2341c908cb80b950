import { ModuleError } from '../errors.js';

/** What a file name template may mention. */
export const NAME_PLACEHOLDERS = {
  sku: 'SKU of the product',
  product: 'name of the product',
  outputType: 'key of the output type',
  order: 'order number',
  line: 'line number',
  kind: 'what the file is, for example still_image',
  width: 'width in pixels',
  height: 'height in pixels',
  source: 'name of the source file without ending',
  index: 'number of the file within a set, 0001 and so on',
} as const satisfies Record<string, string>;

export type NamePlaceholder = keyof typeof NAME_PLACEHOLDERS;
export type NameFacts = Partial<Record<NamePlaceholder, string | number>>;

/** A template in one line that asks for nothing but what there is; for JSON Schema. */
export const NAME_TEMPLATE = new RegExp(
  `^(?!.*\\{(?!(?:${Object.keys(NAME_PLACEHOLDERS).join('|')})\\})[^{}]*\\})[^\\u0000-\\u001f\\u007f]+$`,
);

const LONGEST_STEM = 120;
/** Device names that Windows takes for itself, whatever the ending. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i;

/** A safe file name from a template like `{sku}_{outputType}`: letters, digits, `-`, `_` and `.` only, never hidden, never a path.
 * Facts that are unknown are left out with their separator; when nothing is left, the source's name is used.
 * @param ending - with its dot.
 * @throws {ModuleError} `NAME_PLACEHOLDER_UNKNOWN`. */
export async function publishedFileName(template: string, facts: NameFacts, ending: string): Promise<string> {
  const { default: slugify } = await import('@sindresorhus/slugify');
  const slug = (text: string) => slugify(text, { lowercase: false, decamelize: false, preserveCharacters: ['_', '.'] });
  const filled = template.replace(/\{([^{}]*)\}/g, (_whole, name: string) => {
    if (!Object.hasOwn(NAME_PLACEHOLDERS, name))
      throw new ModuleError(
        'NAME_PLACEHOLDER_UNKNOWN',
        `The file name asks for {${name}}, which does not exist. There are ${Object.keys(NAME_PLACEHOLDERS)
          .map((known) => `{${known}}`)
          .join(', ')}.`,
        'input',
        { path: '/fileName', placeholder: name },
      );
    return slug(String(facts[name as NamePlaceholder] ?? ''));
  });
  const stem = tidy(slug(filled)) || tidy(slug(String(facts.source ?? ''))) || 'asset';
  return `${RESERVED.test(stem) ? `${stem}_` : stem}${ending}`;
}

function tidy(stem: string): string {
  return stem
    .replace(/[-_.]*([-_.])/g, '$1')
    .replace(/^[-_.]+/, '')
    .slice(0, LONGEST_STEM)
    .replace(/[-_.]+$/, '');
}
