import { formatDuration, humanise } from '../../components/format.js';
import { titleOf } from '../../forms/choices.js';

type Schema = { properties?: Record<string, Record<string, unknown> & { title?: string }> };

/** What the forms of a node know of its values. */
export interface NodeSchemas {
  params: unknown;
  /** Of how it runs. */
  policy: unknown;
}

/** A value of a node that differs, by its pointer (`/params/samples`), in the words of the node's forms. */
export function fieldWords(path: string, { params, policy }: NodeSchemas) {
  const [place = '', name = ''] = path.split('/').slice(1);
  const key = place === 'params' ? name : place;
  const schema = ((place === 'params' ? params : policy) as Schema | undefined)?.properties?.[key] ?? {};
  return {
    // Of the node's module: workflows have versions too.
    name: path === '/version' ? 'Module version' : (schema.title ?? humanise(key)),
    textOf: (value: unknown) => titleOf(schema, value) ?? valueText(path, value),
  };
}

function valueText(path: string, value: unknown): string {
  // What says no version was written for the first one.
  if (value === null) return path === '/version' ? '1' : 'default';
  if (path === '/timeoutMs') return formatDuration(value as number);
  if (path === '/retry') {
    const { attempts, backoffMs } = value as { attempts: number; backoffMs: number };
    return attempts === 1 ? 'one attempt' : `${attempts} attempts, the second after ${formatDuration(backoffMs)}`;
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}
