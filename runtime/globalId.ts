/** Ids of the API. Opaque to clients; inside it is base64url of `Type:id`. */
export function encodeGlobalId(typename: string, id: string | number | bigint): string {
  return Buffer.from(`${typename}:${id}`).toString('base64url');
}
