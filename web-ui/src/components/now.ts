import { useEffect, useState } from "react";

/** The time now, every second while something counts it; `fixed` in its place where that is given. */
export function useNow(fixed: number | undefined, ticking: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  const runs = ticking && fixed === undefined;
  useEffect(() => {
    if (!runs) return;
    const tick = (): void => setNow(Date.now());
    const first = setTimeout(tick);
    const timer = setInterval(tick, 1000);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [runs]);
  return fixed ?? now;
}
