/** When to show what came: once before the next paint, or a few times a second where nothing is painted. */

/** A hidden page paints nothing, and calls no `requestAnimationFrame`. */
const HIDDEN_MS = 250;

/** Calls `run` once; what it returns calls that off. */
export function beforePaint(run: () => void): () => void {
  const cancel = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
  const once = () => {
    cancel();
    run();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, HIDDEN_MS);
  return cancel;
}
