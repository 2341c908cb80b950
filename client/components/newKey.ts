/** A random key for one intended effect: sent again with a retry, it makes the effect happen once. */
export function newKey(): string {
  // crypto.randomUUID is missing on pages served by plain HTTP from another machine.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
