/**
 * How far a client has read: what is new to it, and where it goes on after a break.
 *
 * Each job's messages come in order. A job that is subscribed to later brings its past first, below what came before;
 * until a `ping` says that this past is over, the last message is no safe place to go on from.
 */
import { formatCursor, parseCursor } from "./cursor.ts";
import type { RealtimeMessage } from "./messages.ts";

/** Jobs whose last message is remembered. For those beyond, only the server keeps repeats away. */
const MAX_JOBS = 2_000;

export class Position {
  #epoch: string | null = null;
  #seq = 0;
  #highest = 0;
  #seen = new Map<string, number>();
  #wasReset = false;

  /** Where to go on, for `since`; null before anything is known. */
  get since(): string | null {
    return this.#epoch === null ? null : formatCursor({ epoch: this.#epoch, seq: this.#seq });
  }

  /** Whether the log, in the life that is read, has come at least up to this place. */
  hasReached(seq: number): boolean {
    return seq <= this.#highest;
  }

  /** Whether all that is known to have come ends below this cursor, in the same life of the log. */
  isBelow(cursor: string): boolean {
    const seq = this.#seqOf(cursor);
    return seq !== null && seq > this.#seq;
  }

  /** Whether this cursor is of the life of the log that is read. */
  knows(cursor: string): boolean {
    return this.#seqOf(cursor) !== null;
  }

  /** Something came at this place that can't be used: it is not waited for. */
  note(cursor: string): void {
    const seq = this.#seqOf(cursor);
    if (seq === null || seq <= this.#highest) return;
    if (this.#seq === this.#highest) this.#seq = seq;
    this.#highest = seq;
  }

  /** Begin anew, at this cursor or at none. */
  start(cursor: string | null): void {
    const place = cursor === null ? null : parseCursor(cursor);
    this.#epoch = place?.epoch ?? null;
    this.#seq = place?.seq ?? 0;
    this.#highest = this.#seq;
    this.#seen.clear();
    this.#wasReset = false;
  }

  /** Go on where the server says; false where that was done before, since each of two streams says it. */
  reset(cursor: string): boolean {
    if (this.#wasReset && this.knows(cursor) && !this.isBelow(cursor)) return false;
    this.start(cursor);
    this.#wasReset = true;
    return true;
  }

  /** Whether the message is new. One without a place always is. */
  take(message: RealtimeMessage): boolean {
    const place = message.id === undefined ? null : parseCursor(message.id);
    if (place === null) return true;
    if (place.epoch !== this.#epoch) this.start(formatCursor({ epoch: place.epoch, seq: 0 }));
    const job = message.job_id ?? "";
    if (place.seq <= (this.#seen.get(job) ?? 0)) return false;
    this.#remember(job, place.seq);
    if (this.#seq === this.#highest) this.#seq = Math.max(this.#seq, place.seq);
    this.#highest = Math.max(this.#highest, place.seq);
    return true;
  }

  /** A job's past will come: from here on only a `ping` says where it is safe to go on. */
  goBack(cursor: string): void {
    const seq = this.#seqOf(cursor);
    if (seq !== null) this.#seq = Math.min(this.#seq, seq);
  }

  /** Everything up to this cursor has come. It never goes back by it: of two streams one may be behind. */
  confirm(cursor: string): void {
    const seq = this.#seqOf(cursor);
    if (seq === null) return;
    this.#seq = Math.max(this.#seq, seq);
    this.#highest = Math.max(this.#highest, seq);
  }

  /** Null for a cursor of another life of the log. */
  #seqOf(cursor: string): number | null {
    const place = parseCursor(cursor);
    return place?.epoch === this.#epoch ? place.seq : null;
  }

  #remember(job: string, seq: number): void {
    this.#seen.delete(job);
    this.#seen.set(job, seq);
    if (this.#seen.size <= MAX_JOBS) return;
    const oldest = this.#seen.keys().next();
    if (!oldest.done) this.#seen.delete(oldest.value);
  }
}
