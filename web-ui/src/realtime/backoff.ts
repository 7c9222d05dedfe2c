/** Pauses between attempts to reach the server again: each twice as long, with jitter, until there are none left. */

/** The longest each pause may be. After the last one an attempt is made, and then no other. */
export const PAUSES_MS: readonly number[] = [1_000, 2_000, 4_000, 8_000, 16_000];

export class Backoff {
  readonly #random: () => number;
  #attempts = 0;

  /** `random` gives numbers from 0 up to 1: clients that lost their server at one moment come back at different ones. */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Attempts since something last went well. */
  get attempts(): number {
    return this.#attempts;
  }

  /** How long to wait before the next attempt: half to all of its pause. Null where there is to be none. */
  next(): number | null {
    const longest = PAUSES_MS[this.#attempts];
    if (longest === undefined) return null;
    this.#attempts += 1;
    return longest * (0.5 + this.#random() / 2);
  }

  /** Something went well: begin with the shortest pause again. */
  reset(): void {
    this.#attempts = 0;
  }
}
