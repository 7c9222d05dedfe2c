/** Sees that messages which are in the log do not arrive, although the stream looks open. */
import type { Clock } from "./clock.ts";
import type { Position } from "./position.ts";

/** How far what comes may be behind what there is. */
const BEHIND_MS = 2_000;

export class Arrears {
  readonly #clock: Clock;
  readonly #position: Position;
  #tail = 0;
  #cancel: (() => void) | null = null;

  constructor(clock: Clock, position: Position) {
    this.#clock = clock;
    this.#position = position;
  }

  /**
   * There is a message at this place of the log. Where neither it nor anything else has come after a while,
   * `onMissing` is called. Returns whether it has come already, or was missing before and is waited for no more.
   */
  expect(tail: number, onMissing: () => void): boolean {
    if (this.#position.hasReached(tail) || (this.#cancel === null && tail <= this.#tail)) return true;
    if (this.#cancel === null) this.#wait(tail, this.#position.since, onMissing);
    return false;
  }

  /** Another log, or another place in it. */
  begin(): void {
    this.stop();
    this.#tail = 0;
  }

  /** Wait for nothing. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #wait(tail: number, before: string | null, onMissing: () => void): void {
    this.#cancel = this.#clock.after(BEHIND_MS, () => {
      this.#cancel = null;
      if (this.#position.hasReached(tail)) return;
      const { since } = this.#position;
      // It comes, only slowly.
      if (since !== before) {
        this.#wait(tail, since, onMissing);
        return;
      }
      this.#tail = tail;
      onMissing();
    });
  }
}
