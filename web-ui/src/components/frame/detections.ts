/** Frames as they are shown: one detection an object, whatever number of tools looked at the frame. */
import type { Box, FrameData, FramePayload } from "../../realtime/messages.ts";

export interface Detection {
  /** Its place in the frame: what the picture and the table know it by. */
  place: number;
  box: Box;
  score: number;
  label: string;
  track: number | null;
  text: string | null;
  polygon: readonly (readonly [number, number])[] | null;
  tool: string | null;
}

export interface ShownFrame {
  index: number;
  timestampMs: number;
  detections: readonly Detection[];
  /** False while it is not known what was found: an empty list then means nothing. */
  known: boolean;
}

/** Which parts of a result are drawn. */
export interface Layers {
  boxes: boolean;
  labels: boolean;
  tracks: boolean;
}

const recorded = new WeakMap<FrameData, ShownFrame>();

/** A frame as REST and the recording have it; the same object for the same frame. */
export function shownFrame(data: FrameData): ShownFrame {
  const before = recorded.get(data);
  if (before !== undefined) return before;
  const detections = detectionsOf(data, null, 0);
  const frame: ShownFrame = { index: data.frame_index, timestampMs: data.timestamp_ms, detections, known: true };
  recorded.set(data, frame);
  return frame;
}

/** Frames `from` to `to` as far as tools have said something of them, by index, put together over all tools. */
export function mergedFrames(frames: readonly FramePayload[], from: number, to: number): ReadonlyMap<number, ShownFrame> {
  const parts = new Map<number, FramePayload[]>();
  for (const frame of frames) {
    if (frame.frame_index < from || frame.frame_index > to) continue;
    const others = parts.get(frame.frame_index);
    if (others === undefined) parts.set(frame.frame_index, [frame]);
    else others.push(frame);
  }
  return new Map([...parts].map(([index, its]) => [index, merged(index, its)]));
}

function merged(index: number, parts: readonly FramePayload[]): ShownFrame {
  const detections: Detection[] = [];
  for (const { data, tool } of parts) {
    detections.push(...detectionsOf(data, parts.length > 1 ? tool : null, detections.length));
  }
  return { index, timestampMs: parts[0]?.data.timestamp_ms ?? 0, detections, known: true };
}

function detectionsOf(data: FrameData, tool: string | null, from: number): Detection[] {
  return data.boxes.map((box, at) => ({
    place: from + at,
    box,
    score: data.scores[at] ?? 0,
    label: data.labels[at] ?? "",
    track: data.track_ids?.[at] ?? null,
    text: data.texts?.[at] ?? null,
    polygon: data.polygons?.[at] ?? null,
    tool: data.tools?.[at] ?? tool,
  }));
}

/** What a frame shows, in a sentence: for those who do not see the picture. */
export function describe(frame: ShownFrame): string {
  if (!frame.known) return "what was found is being loaded";
  const counts = new Map<string, number>();
  for (const { label } of frame.detections) counts.set(label, (counts.get(label) ?? 0) + 1);
  if (counts.size === 0) return "nothing was found";
  const most = [...counts].sort(([, a], [, b]) => b - a);
  const named = most.slice(0, 4).map(([label, count]) => `${count} ${label === "" ? "without a label" : label}`);
  if (most.length > named.length) named.push("others");
  return named.join(", ");
}
