/** Times as a person reads them. */

/** A tool's time: `6.5 ms`, `813 ms`, `2.4 s`, `3 min 5 s`. */
export function spent(ms: number): string {
  if (ms >= 59_950) {
    const seconds = Math.round(ms / 1000);
    return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  }
  if (ms >= 999.5) return `${(ms / 1000).toFixed(1)} s`;
  if (ms >= 9.95) return `${Math.round(ms)} ms`;
  if (ms >= 0.095) return `${ms.toFixed(1)} ms`;
  return ms === 0 ? "0 ms" : `${ms.toFixed(2)} ms`;
}

/** How long until something, or since: `12 s`, `3 min`, `2 h 5 min`. */
export function roughly(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 120) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A place in a video: `00:16.4`, `1:02:03.0`. */
export function clock(ms: number): string {
  const tenths = Math.floor(ms / 100 + 1e-6);
  const two = (value: number): string => String(value).padStart(2, "0");
  const seconds = `${two(Math.floor(tenths / 10) % 60)}.${tenths % 10}`;
  const minutes = Math.floor(tenths / 600);
  return minutes < 60 ? `${two(minutes)}:${seconds}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${seconds}`;
}

/** The time of day of a message, in the reader's own zone; the text itself where it is no time. */
export function timeOfDay(timestamp: string): string {
  const date = new Date(timestamp);
  return Number.isNaN(date.getTime()) ? timestamp : date.toLocaleTimeString("en-GB");
}
