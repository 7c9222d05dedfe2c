/** A cursor, `<epoch>-<seq>`: one place in the log, the same on every transport and every web node. */

export interface Cursor {
  epoch: string;
  seq: number;
}

const CURSOR = /^([0-9a-z]{1,32})-(\d{1,18})$/;

/** Read a cursor; null where the text is none. */
export function parseCursor(text: string): Cursor | null {
  const [, epoch, digits] = CURSOR.exec(text) ?? [];
  if (epoch === undefined || digits === undefined) return null;
  const seq = Number(digits);
  return Number.isSafeInteger(seq) ? { epoch, seq } : null;
}

export function formatCursor({ epoch, seq }: Cursor): string {
  return `${epoch}-${seq}`;
}

/** Whether `one` lies above `other`. In another life of the log nothing is comparable, and everything counts as new. */
export function isAbove(one: string, other: string | null): boolean {
  if (other === null) return true;
  const a = parseCursor(one);
  const b = parseCursor(other);
  return a === null || a.epoch !== b?.epoch || a.seq > b.seq;
}
