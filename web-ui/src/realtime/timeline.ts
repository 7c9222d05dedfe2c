/** Where in the job something was found: most detections of one frame, in a fixed number of columns. */
import { TIMELINE_BINS, type Timeline } from "./state.ts";

export const emptyTimeline: Timeline = { bins: Array<number>(TIMELINE_BINS).fill(0), framesPerBin: 1, lastFrame: -1 };

/** The timeline with these frames in it. One copy, however many they are. */
export function addToTimeline(
  timeline: Timeline,
  frames: readonly { frameIndex: number; detections: number }[],
): Timeline {
  if (frames.length === 0) return timeline;
  let bins = [...timeline.bins];
  let { framesPerBin, lastFrame } = timeline;
  for (const { frameIndex, detections } of frames) {
    lastFrame = Math.max(lastFrame, frameIndex);
    while (frameIndex >= framesPerBin * TIMELINE_BINS) {
      bins = folded(bins);
      framesPerBin *= 2;
    }
    const column = Math.floor(frameIndex / framesPerBin);
    bins[column] = Math.max(bins[column] ?? 0, detections);
  }
  return { bins, framesPerBin, lastFrame };
}

/** Two columns in one, when the job turns out to be longer. */
function folded(bins: readonly number[]): number[] {
  return bins.map((_, column) => Math.max(bins[2 * column] ?? 0, bins[2 * column + 1] ?? 0));
}
