/** Notices a stream that broke without a word: nothing came for longer than heartbeats allow. */
import type { Clock } from "./clock.ts";

/** Heartbeats of silence after which a stream counts as lost. */
const PATIENCE = 2.2;

export class Watchdog {
  readonly #clock: Clock;
  readonly #onSilence: () => void;
  #heartbeatMs = 0;
  #deadline = 0;
  #cancel: (() => void) | null = null;

  constructor(clock: Clock, onSilence: () => void) {
    this.#clock = clock;
    this.#onSilence = onSilence;
  }

  start(heartbeatSeconds: number): void {
    this.#heartbeatMs = heartbeatSeconds * 1_000;
    this.heard();
    this.#wait();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  /** Something came. It costs no timer: the one that runs looks again when it is due. */
  heard(): void {
    this.#deadline = this.#clock.now() + PATIENCE * this.#heartbeatMs;
  }

  /** Look now: while a page slept, no timer ran. */
  check(): void {
    this.expect(Infinity);
  }

  /** Something must come within so many milliseconds, since it was asked for. */
  expect(withinMs: number): void {
    if (this.#cancel === null) return;
    this.#deadline = Math.min(this.#deadline, this.#clock.now() + withinMs);
    this.#wait();
  }

  #wait(): void {
    this.#cancel?.();
    const left = this.#deadline - this.#clock.now();
    if (left <= 0) {
      this.#cancel = null;
      this.#onSilence();
      return;
    }
    this.#cancel = this.#clock.after(left, () => this.#wait());
  }
}
