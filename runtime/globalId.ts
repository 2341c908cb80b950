/** Lists have thousands of ids; a buffer for each would be most of their cost. */
const scratch = Buffer.allocUnsafe(512);

/** Ids of the API. Opaque to clients; inside it is base64url of `Type:id`. */
export function encodeGlobalId(typename: string, id: string | number | bigint): string {
  const text = `${typename}:${id}`;
  // A character takes three bytes at most.
  if (text.length * 3 > scratch.length) return Buffer.from(text).toString('base64url');
  return scratch.toString('base64url', 0, scratch.write(text));
}
