/** What got through to a server lately, so that a proxy that refuses WebSockets costs the look only once. */
import type { Failing, TransportName } from "../state.ts";

/** How long a verdict holds: proxies change seldom, laptops change networks. */
const HOLDS_MS = 10 * 60_000;

const TRANSPORTS: readonly unknown[] = ["sse", "sse_post", "poll"] satisfies TransportName[];
const FALLBACKS: readonly unknown[] = ["refused", "mute", "held", "cut"] satisfies Failing[];

export interface Remembered {
  transport: TransportName;
  /** Why it is not a WebSocket. */
  fallback: Failing;
}

export interface TransportMemory {
  recall(origin: string, now: number): Remembered | null;
  remember(origin: string, verdict: Remembered | null, now: number): void;
}

/** Kept for the tab's life, over reloads; where the browser keeps nothing, nothing is remembered. */
export const tabMemory: TransportMemory = {
  recall(origin, now) {
    const entry = read(keyOf(origin));
    return entry !== null && entry.until > now ? entry : null;
  },
  remember(origin, verdict, now) {
    try {
      if (verdict === null) sessionStorage.removeItem(keyOf(origin));
      else sessionStorage.setItem(keyOf(origin), JSON.stringify({ ...verdict, until: now + HOLDS_MS }));
    } catch {
      // Storage may be forbidden or full: then the next page looks again.
    }
  },
};

function keyOf(origin: string): string {
  return `transom.transport ${origin}`;
}

function read(key: string): (Remembered & { until: number }) | null {
  try {
    const data: unknown = JSON.parse(sessionStorage.getItem(key) ?? "null");
    return isEntry(data) ? data : null;
  } catch {
    return null;
  }
}

function isEntry(data: unknown): data is Remembered & { until: number } {
  if (typeof data !== "object" || data === null) return false;
  const { transport, fallback, until } = data as Record<string, unknown>;
  return TRANSPORTS.includes(transport) && FALLBACKS.includes(fallback) && typeof until === "number";
}
