/** Where tracked things came from: the middles of their boxes over the frames before. */
import type { ShownFrame } from "./detections.ts";

/** Frames that a trail reaches back. */
export const TRAIL_FRAMES = 40;

export interface Trail {
  track: number;
  label: string;
  /** Oldest first; the last one is where the thing is now. */
  points: readonly (readonly [number, number])[];
}

/** The trails that end in the frame `now`. `before` are the frames before it, oldest first. */
export function trailsOf(now: ShownFrame, before: readonly ShownFrame[]): readonly Trail[] {
  const trails = new Map<number, { label: string; points: [number, number][] }>();
  for (const { track, label } of now.detections) if (track !== null) trails.set(track, { label, points: [] });
  if (trails.size === 0) return [];
  for (const frame of [...before, now]) {
    for (const { track, box } of frame.detections) {
      if (track !== null) trails.get(track)?.points.push([(box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2]);
    }
  }
  return [...trails].map(([track, trail]) => ({ track, ...trail }));
}
