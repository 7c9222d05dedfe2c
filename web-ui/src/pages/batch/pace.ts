/** How fast a batch goes: measured over the last minute, and unknown until there is something to measure. */

const WINDOW_MS = 60_000;
/** Before so much time has passed, what was counted says little. */
const LEAST_MS = 2_000;

interface Sample {
  ended: number;
  atMs: number;
}

export class Pace {
  #samples: Sample[] = [];

  /** So many items have ended by now; fewer than before where some of them run again. */
  note(ended: number, nowMs: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && ended < last.ended) this.#samples = [];
    else if (last?.ended === ended) return;
    this.#samples.push({ ended, atMs: nowMs });
    this.#forget(nowMs);
  }

  /** Items a second; null where it is not known. */
  perSecond(nowMs: number): number | null {
    this.#forget(nowMs);
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || nowMs - first.atMs < LEAST_MS) return null;
    // Right after the first look nothing may have ended yet: that is no standstill.
    if (first === last && nowMs - first.atMs < WINDOW_MS / 4) return null;
    return ((last.ended - first.ended) * 1000) / (nowMs - first.atMs);
  }

  /** What lies before the window is needed only as the count with which the window begins. */
  #forget(nowMs: number): void {
    const begin = nowMs - WINDOW_MS;
    while (this.#samples.length > 1 && (this.#samples[1]?.atMs ?? nowMs) <= begin) this.#samples.shift();
    const [first] = this.#samples;
    if (first !== undefined && first.atMs < begin) this.#samples[0] = { ended: first.ended, atMs: begin };
  }
}
