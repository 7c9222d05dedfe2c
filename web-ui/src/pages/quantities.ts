/** Numbers as people read them. */

const SIZE_UNITS = ["bytes", "KB", "MB", "GB", "TB"] as const;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A number of bytes, such as "3.4 MB". */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < SIZE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${SIZE_UNITS[unit] ?? ""}`;
}

/** How long ago something was, such as "just now" or "5 min ago". */
export function ago(milliseconds: number): string {
  if (milliseconds < MINUTE_MS) return "just now";
  if (milliseconds < HOUR_MS) return `${Math.floor(milliseconds / MINUTE_MS)} min ago`;
  if (milliseconds < DAY_MS) return `${Math.floor(milliseconds / HOUR_MS)} h ago`;
  const days = Math.floor(milliseconds / DAY_MS);
  return days === 1 ? "yesterday" : `${days} days ago`;
}

/** "1 job", "2 jobs". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A number that may have many digits, such as "12,000". */
export function grouped(count: number): string {
  return count.toLocaleString("en-GB");
}

/** How fast something goes, such as "12 a second" or "3 a minute"; null where it does not move. */
export function rate(perSecond: number): string | null {
  if (perSecond <= 0) return null;
  if (perSecond >= 10) return `${grouped(Math.round(perSecond))} a second`;
  if (perSecond >= 0.1) return `${perSecond.toFixed(1)} a second`;
  const aMinute = perSecond * 60;
  return `${aMinute.toFixed(1)} a minute`;
}
