/**
 * The newest pictured frame of each of some jobs, as messages bring them. No React.
 *
 * However many frames come, a job's tile is told at most once a paint, and of the newest one only.
 */
import { mergedFrames } from "../../components/frame/detections.ts";
import { type Content, NOTHING } from "../../components/frame/frame_stage.ts";
import type { FramePayload, MessageOf } from "../../realtime/messages.ts";
import { beforePaint } from "../../realtime/paint.ts";

/** Frames a second are counted over so long. */
const RATE_MS = 4_000;
/** A job that says more than this in that time is fast, and how fast need not be known better. */
const COUNTED_AT_MOST = 1_000;

interface Feed {
  attempt: number;
  /** What the tools have said of the newest frame that has a picture. */
  parts: FramePayload[];
  /** When frames came, oldest first. */
  times: number[];
  lastIndex: number;
}

export class NewestFrames {
  readonly #feeds = new Map<string, Feed>();
  readonly #listeners = new Map<string, () => void>();
  readonly #changed = new Set<string>();
  readonly #address: (imageUrl: string) => string;
  #cancelPaint: (() => void) | null = null;

  constructor(address: (imageUrl: string) => string) {
    this.#address = address;
  }

  take(message: MessageOf<"frame">, now: number): void {
    const { job_id: jobId, payload, attempt = 1 } = message;
    if (jobId === undefined) return;
    const before = this.#feeds.get(jobId);
    if (before !== undefined && attempt < before.attempt) return;
    const feed = before?.attempt === attempt ? before : { attempt, parts: [], times: [], lastIndex: -1 };
    this.#feeds.set(jobId, feed);
    // Several tools tell of one frame; it is one.
    if (payload.frame_index !== feed.lastIndex) {
      feed.times.push(now);
      if (feed.times.length > COUNTED_AT_MOST) feed.times.shift();
    }
    feed.lastIndex = payload.frame_index;
    const shown = feed.parts[0]?.frame_index;
    if (payload.frame_index === shown) feed.parts.push(payload);
    else if ((payload.image_url ?? null) !== null) feed.parts = [payload];
    else return;
    this.#changed.add(jobId);
    this.#cancelPaint ??= beforePaint(() => this.#tell());
  }

  /** What a job's tile shows. */
  content(jobId: string): Content {
    const [first, ...others] = this.#feeds.get(jobId)?.parts ?? [];
    if (first === undefined) return NOTHING;
    const { frame_index: index, image_url: url, width, height } = first;
    const frame = mergedFrames([first, ...others], index, index).get(index) ?? null;
    const picture = url == null ? null : { kind: "preview" as const, url: this.#address(url), frameIndex: index };
    const inputSize = width != null && height != null && width > 0 && height > 0 ? { width, height } : null;
    return { frame, picture, trails: [], inputSize };
  }

  /** Frames a second of the last seconds; null where too few have come to say. */
  rate(jobId: string, now: number): number | null {
    const feed = this.#feeds.get(jobId);
    if (feed === undefined) return null;
    while (feed.times[0] !== undefined && now - feed.times[0] > RATE_MS) feed.times.shift();
    const [first] = feed.times;
    return first === undefined || feed.times.length < 3 ? null : ((feed.times.length - 1) * 1000) / Math.max(1, now - first);
  }

  /** Have `listener` called when a job has another frame; what it returns ends that. */
  watch(jobId: string, listener: () => void): () => void {
    this.#listeners.set(jobId, listener);
    return () => this.#listeners.delete(jobId);
  }

  /** Forget jobs that have no place any more. */
  keep(jobIds: ReadonlySet<string>): void {
    for (const jobId of this.#feeds.keys()) if (!jobIds.has(jobId)) this.#feeds.delete(jobId);
  }

  close(): void {
    this.#cancelPaint?.();
    this.#cancelPaint = null;
  }

  #tell(): void {
    this.#cancelPaint = null;
    for (const jobId of this.#changed) this.#listeners.get(jobId)?.();
    this.#changed.clear();
  }
}
