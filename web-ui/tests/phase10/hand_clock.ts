/** A clock that stands still until a test moves it. */
import type { Clock } from "../../src/realtime/clock.ts";

interface Due {
  at: number;
  run: () => void;
}

export class HandClock implements Clock {
  #now = Date.UTC(2026, 2, 14);
  readonly #due = new Set<Due>();

  now(): number {
    return this.#now;
  }

  /** It goes on by itself, as what is sent and comes does. */
  elapsed(): number {
    return performance.now() + this.#now;
  }

  after(delayMs: number, run: () => void): () => void {
    const due = { at: this.#now + delayMs, run };
    this.#due.add(due);
    return () => void this.#due.delete(due);
  }

  /** The page is busy for so many milliseconds: they go by, and what is due in them runs with the next advance. */
  stall(ms: number): void {
    this.#now += ms;
  }

  /** Let so many milliseconds go by: what is due in them runs, in its order. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const [next] = [...this.#due].filter(({ at }) => at <= until).sort((one, other) => one.at - other.at);
      if (next === undefined) break;
      this.#due.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = until;
  }
}
