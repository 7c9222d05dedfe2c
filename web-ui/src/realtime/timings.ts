/** How long tools take over their frames. */
import type { FramePayload } from "./messages.ts";
import { own } from "./records.ts";
import type { TimingStats } from "./state.ts";

/** Frames that `p95` looks back on. */
const WINDOW = 200;

/** A tool's name among those of all plugins. */
export function toolKey(plugin: string, tool: string): string {
  return `${plugin}.${tool}`;
}

/** The statistics with one more frame in them; `p95` is left for `percentile95`. */
export function withTiming(stats: TimingStats | undefined, timingMs: number): TimingStats {
  const count = (stats?.count ?? 0) + 1;
  const mean = (stats?.mean ?? 0) + (timingMs - (stats?.mean ?? 0)) / count;
  return { count, mean, last: timingMs, p95: stats?.p95 ?? timingMs };
}

/** The time that 95 of 100 of a tool's newest frames stayed within; null where it has none. */
export function percentile95(frames: readonly FramePayload[], key: string): number | null {
  const times: number[] = [];
  for (let place = frames.length - 1; place >= 0 && times.length < WINDOW; place -= 1) {
    const frame = frames[place];
    if (frame !== undefined && toolKey(frame.plugin, frame.tool) === key) times.push(frame.timing_ms);
  }
  times.sort((one, other) => one - other);
  return times[Math.ceil(times.length * 0.95) - 1] ?? null;
}

/** A plugin's milliseconds: those of its tools together. */
export function pluginTotal(toolTimings: Readonly<Record<string, number>>, plugin: string, tools: Iterable<string>): number {
  let total = 0;
  for (const tool of tools) total += own(toolTimings, toolKey(plugin, tool)) ?? 0;
  return total;
}
