import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** sha-256 (lower-case hex) of the value's RFC 8785 canonical JSON: the same for equal JSON, whatever the order of keys. Undefined properties do not count. */
export function contentHash(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('Only JSON values have a content hash.');
  return createHash('sha256').update(text).digest('hex');
}
