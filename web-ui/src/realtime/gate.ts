/**
 * Keeps what a stream brings in order over a hole: what follows it waits until the hole was filled from the log.
 *
 * What the stream then brings of the hole's range has come already, and is dropped by its place.
 */

/** What may wait behind a hole; with more, the stream is nearer when it is opened anew. */
const MAX_WAITING = 10_000;

export interface GateEvents {
  /** Read the log on up to this cursor; false where that is not possible. */
  fill(to: string): Promise<boolean>;
  /** The hole can't be filled: this stream is no use. */
  onStuck(): void;
}

export class Gate {
  readonly #events: GateEvents;
  #waiting: (() => void)[] | null = null;
  #closed = false;

  constructor(events: GateEvents) {
    this.#events = events;
  }

  /** Take the next thing that the stream brought, as a call that hands it on; it is made once its turn has come. */
  take(handOn: () => void): void {
    if (this.#closed) return;
    if (this.#waiting === null) {
      handOn();
      return;
    }
    this.#waiting.push(handOn);
    if (this.#waiting.length > MAX_WAITING) this.#stuck();
  }

  /** What comes from now on follows this cursor, and what came before does not reach up to it. */
  holdUntil(cursor: string): void {
    if (this.#waiting !== null || this.#closed) return;
    this.#waiting = [];
    void this.#fill(cursor);
  }

  /** Hand on nothing more. */
  close(): void {
    this.#closed = true;
    this.#waiting = null;
  }

  async #fill(cursor: string): Promise<void> {
    const filled = await this.#events.fill(cursor);
    const waiting = this.#waiting;
    if (this.#closed || waiting === null) return;
    if (!filled) {
      this.#stuck();
      return;
    }
    this.#waiting = null;
    // A second hole among them makes what follows it wait again.
    for (const handOn of waiting) this.take(handOn);
  }

  #stuck(): void {
    this.close();
    this.#events.onStuck();
  }
}
