/** Keys that name one wish: the server does what comes with the same key once, however often it is asked. */

const KEY_BYTES = 16;

/** A key that nobody else has. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
