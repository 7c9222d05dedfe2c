/**
 * Whether this page was awake: a beat that stays away says that it was busy, hidden or asleep.
 *
 * What came to such a page came together, whenever it was sent: no lateness can be read from it.
 */
import type { Clock } from "./clock.ts";

export class Pulse {
  readonly #clock: Clock;
  readonly #everyMs: number;
  #last: number;
  #cancel: () => void = () => undefined;

  constructor(clock: Clock, everyMs: number) {
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#last = clock.elapsed();
    this.#wait();
  }

  /** How long ago it last beat, in milliseconds. */
  get age(): number {
    return this.#clock.elapsed() - this.#last;
  }

  stop(): void {
    this.#cancel();
  }

  #wait(): void {
    this.#cancel = this.#clock.after(this.#everyMs, () => {
      this.#last = this.#clock.elapsed();
      this.#wait();
    });
  }
}
