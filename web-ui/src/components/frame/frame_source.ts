/** Any frame of a job with its picture and its trails, from what streamed in and from the recording. */
import type { FramePayload } from "../../realtime/messages.ts";
import type { Picture, Recording, Size } from "../recording.ts";
import { mergedFrames, shownFrame, type ShownFrame } from "./detections.ts";
import type { Content } from "./frame_stage.ts";
import { TRAIL_FRAMES, trailsOf } from "./trails.ts";

export interface FrameSource {
  /** What a frame shows. Where it is not loaded yet, its frame is there but not `known`. */
  content(index: number): Content;
  /** Whether it is known what was found in a frame. */
  has(index: number): boolean;
  /** The newest frame with a picture, as it streamed in; null before the first. */
  newest(): Content | null;
  /** The frame that is on the screen at a moment of the input; null where none that is known covers it. */
  indexAt(timeMs: number): number | null;
  /** Frames a second of the input, measured around a frame; null where too few frames are known. */
  rate(near: number): number | null;
}

/** What is reckoned with until the input's own rate can be measured. */
export const USUAL_RATE = 30;
/** Frames over which the input's own rate is measured. */
const RATE_FRAMES = 30;
/** How far into a frame a video is sought to, at most: at its very edge a rounded time would show the one before. */
const INTO_FRAME_MS = 20;

/** `live` are the newest frames, oldest first; `current` is the newest one that has a picture, else the newest. */
export function frameSource(
  live: readonly FramePayload[],
  current: FramePayload | null,
  recording: Recording | undefined,
): FrameSource {
  const address = (url: string): string => recording?.address(url) ?? url;

  function frames(from: number, to: number): ReadonlyMap<number, ShownFrame> {
    const found = new Map(mergedFrames(live, from, to));
    for (let index = Math.max(0, from); index <= to && recording !== undefined; index += 1) {
      const data = recording.frame(index);
      if (data !== null && data !== undefined) found.set(index, shownFrame(data));
    }
    return found;
  }

  function time(index: number): number | null {
    return recording?.time(index) ?? live.find((frame) => frame.frame_index === index)?.data.timestamp_ms ?? null;
  }

  function rate(near: number): number | null {
    for (const [from, to] of [[near, near + RATE_FRAMES], [near, near + 1], [near - RATE_FRAMES, near], [near - 1, near]] as const) {
      const [begin, end] = [time(from), time(to)];
      if (begin !== null && end !== null && end > begin) return ((to - from) * 1000) / (end - begin);
    }
    return null;
  }

  /** A moment at which the frame is on the screen. */
  function within(index: number): number {
    const usual = 1000 / (rate(index) ?? USUAL_RATE);
    const begin = time(index) ?? index * usual;
    const next = time(index + 1);
    return begin + Math.min(INTO_FRAME_MS, (next === null || next <= begin ? usual : next - begin) / 2);
  }

  function picture(index: number): Picture | null {
    const kept = recording?.picture(index) ?? null;
    if (kept?.kind === "video") return { ...kept, atMs: within(index) };
    if (kept?.kind === "image") return kept;
    const shown = live.findLast((frame) => frame.frame_index <= index && (frame.image_url ?? null) !== null);
    if (shown?.image_url === null || shown?.image_url === undefined) return kept;
    // What is kept was listed a moment ago; what has streamed in since may be nearer.
    if (kept !== null && kept.frameIndex <= index && kept.frameIndex >= shown.frame_index) return kept;
    return { kind: "preview", url: address(shown.image_url), frameIndex: shown.frame_index };
  }

  function around(index: number, shown: Picture | null): Content {
    const known = frames(index - TRAIL_FRAMES, index);
    // What is played may have been made smaller than the input: the frames themselves say it best.
    const inputSize = sizeOf(live.at(-1)) ?? recording?.inputSize ?? null;
    const frame = known.get(index);
    if (frame === undefined) {
      const timestampMs = time(index) ?? (index * 1000) / (rate(index) ?? USUAL_RATE);
      const nothing = recording?.frame(index) === null;
      return { frame: { index, timestampMs, detections: [], known: nothing }, picture: shown, trails: [], inputSize };
    }
    const before = [...known.values()].filter((one) => one.index < index).sort((a, b) => a.index - b.index);
    return { frame, picture: shown, trails: trailsOf(frame, before), inputSize };
  }

  return {
    content: (index) => around(index, picture(index)),
    has: (index) => recording?.frame(index) !== undefined || live.some((frame) => frame.frame_index === index),
    newest() {
      if (current === null) return null;
      const url = current.image_url ?? null;
      const frameIndex = current.frame_index;
      return around(frameIndex, url === null ? null : { kind: "preview", url: address(url), frameIndex });
    },
    indexAt(timeMs) {
      const recorded = recording?.indexAt(timeMs) ?? null;
      if (recorded !== null) return recorded;
      // What has streamed in and was not read yet; half a millisecond covers times that were rounded.
      const at = live.findLastIndex(({ data }) => data.timestamp_ms <= timeMs + 0.5);
      return live[at]?.frame_index === live.at(-1)?.frame_index ? null : (live[at]?.frame_index ?? null);
    },
    rate,
  };
}

/** The size of the input, as its frames say it. */
function sizeOf(frame: FramePayload | undefined): Size | null {
  const { width, height } = frame ?? {};
  return width != null && height != null && width > 0 && height > 0 ? { width, height } : null;
}
