/** Time, behind one small object, so that a test holds the hands. */

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Milliseconds since some moment; no change of the date moves them. */
  elapsed(): number;
  /** Calls `run` once after so many milliseconds; what it returns calls that off. */
  after(delayMs: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
