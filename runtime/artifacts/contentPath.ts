const SHA256 = /^[0-9a-f]{64}$/;

/** Where content lies below the root of a store, with slashes: `ab/cd/<sha256>`.
 * @throws TypeError where the address is none. */
export function contentPath(sha256: string): string {
  if (!SHA256.test(sha256)) throw new TypeError('Not a sha-256 address.');
  return `${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`;
}
