import { useState } from "react";

/** The former value as long as the new one says the same, so that nothing is drawn again for it. */
export function useSettled<T>(value: T, same: (a: T, b: T) => boolean): T {
  const [settled, setSettled] = useState(value);
  if (settled === value || same(settled, value)) return settled;
  setSettled(value);
  return value;
}

/** The largest that it ever was: what has grown does not shrink again. */
export function useLargest(now: number): number {
  const [largest, setLargest] = useState(now);
  if (now > largest) setLargest(now);
  return Math.max(largest, now);
}

/** Whether it was ever true: what has been shown once keeps its place. */
export function useOnce(now: boolean): boolean {
  const [was, setWas] = useState(now);
  if (now && !was) setWas(true);
  return was || now;
}
