import { useState } from "react";

/** The former value as long as the new one says the same, so that nothing is drawn again for it. */
export function useSettled<T>(value: T, same: (a: T, b: T) => boolean): T {
  const [settled, setSettled] = useState(value);
  if (settled === value || same(settled, value)) return settled;
  setSettled(value);
  return value;
}

/** A number of which only bounds are known, closer ones as time goes on: it moves no more than they make it. */
export function useBetween(bounds: readonly [least: number, most: number] | null): number | null {
  const [number, setNumber] = useState<number | null>(null);
  if (bounds === null) return number;
  const [least, most] = bounds;
  const next = number === null ? (least + most) / 2 : Math.min(most, Math.max(least, number));
  if (next !== number) setNumber(next);
  return next;
}

/** Whether it was ever true: what has been shown once keeps its place. */
export function useOnce(now: boolean): boolean {
  const [was, setWas] = useState(now);
  if (now && !was) setWas(true);
  return was || now;
}
