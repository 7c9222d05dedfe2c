/**
 * Where to seek in a video so that a frame is the one that is shown. No DOM.
 *
 * Browsers are not exact where frames are short: with some of them the picture before stays for as long as a frame is
 * on average. So a search goes on or back from where the frame should be, in growing steps, and halves what is left
 * once it has come past it. At its end it goes back to where it began: where pictures came later than they were waited
 * for, that was the place.
 */

/** Seeks at most; then whatever is shown is shown as what it is. */
const AT_MOST = 10;
const FIRST_STEP_MS = 4;

export class FrameSearch {
  readonly #firstMs: number;
  #atMs: number;
  #times = 1;
  #step = FIRST_STEP_MS;
  /** Where a frame before it was shown, and where one behind it. */
  #before: number | null = null;
  #behind: number | null = null;

  constructor(atMs: number) {
    this.#firstMs = atMs;
    this.#atMs = atMs;
  }

  /** Where to seek next after `shown` was shown for `wanted`; null where it is not sought any more. */
  next(shown: number, wanted: number): number | null {
    if (shown === wanted || this.#times > AT_MOST) return null;
    this.#times += 1;
    if (this.#times > AT_MOST) return this.#firstMs;
    if (shown < wanted) this.#before = this.#atMs;
    else this.#behind = this.#atMs;
    if (this.#before !== null && this.#behind !== null) this.#atMs = (this.#before + this.#behind) / 2;
    else {
      this.#atMs += shown < wanted ? this.#step : -this.#step;
      this.#step *= 2;
    }
    return this.#atMs;
  }
}
