/** How fast recorded frames play, in times of the input's own speed. */
export const SPEEDS = [0.25, 0.5, 1, 1.5, 2, 4] as const;

/** The next faster one (`by` 1) or slower one (-1); the same at either end. */
export function speedBeside(speed: number, by: number): number {
  const at = SPEEDS.findIndex((one) => one >= speed);
  return SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, at + by))] ?? speed;
}
