import { useEffect, useRef, useState } from "react";

/** A value that changes at most so often a second; the newest one is never left out. */
export function usePaced<T>(value: T, perSecond: number): T {
  const [shown, setShown] = useState(value);
  const changedAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (shown === value) return;
    const wait = changedAt.current + 1000 / perSecond - performance.now();
    const timer = setTimeout(() => {
      changedAt.current = performance.now();
      setShown(value);
    }, Math.max(0, wait));
    return () => clearTimeout(timer);
  }, [value, shown, perSecond]);
  return shown;
}
