/** Time, behind one small object, so that a test holds the hands. */

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls `run` once after so many milliseconds; what it returns calls that off. */
  after(delayMs: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
