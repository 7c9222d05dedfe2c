/** The columns of the timeline, from what streamed in or from all frames of the recording. */
import type { Timeline } from "../realtime/state.ts";

export interface TimelineColumns {
  columns: readonly number[];
  framesPerColumn: number;
}

/** Columns over all the frames that were read, however many columns they are. */
export interface RecordedCounts {
  counts: readonly number[];
  frameCount: number;
}

/**
 * While frames come, what streamed in knows the newest, and what was read knows those from before the page was there.
 * After the end the recording knows all of them.
 */
export function timelineColumns(live: Timeline, recorded: RecordedCounts | null, running: boolean): TimelineColumns {
  if (recorded !== null && !running) {
    const { counts, frameCount } = recorded;
    return { columns: counts, framesPerColumn: Math.max(1, frameCount / counts.length) };
  }
  const columns = live.bins.slice(0, Math.ceil((live.lastFrame + 1) / live.framesPerBin));
  for (const [place, count] of recorded?.counts.entries() ?? []) {
    const frame = (place * (recorded?.frameCount ?? 0)) / (recorded?.counts.length ?? 1);
    const column = Math.floor(frame / live.framesPerBin);
    if (column < columns.length) columns[column] = Math.max(columns[column] ?? 0, count);
  }
  return { columns, framesPerColumn: live.framesPerBin };
}
