/**
 * What the overlay needs to show any frame of a job, not only the newest: the seam between pictures and the server.
 *
 * The overlay reads it with `useSyncExternalStore(recording.subscribe, recording.getVersion)`. `src/api/recording.ts`
 * implements it over REST; stories and tests pass a made one.
 */
import type { FrameData } from "../realtime/messages.ts";

/** Where a frame's picture comes from. Boxes are in pixels of the input; the picture may be smaller. */
export type Picture =
  /** A stored preview. `frameIndex` may lie before the frame that was asked for: then the view says so. */
  | { kind: "preview"; url: string; frameIndex: number }
  /** The input is a picture. */
  | { kind: "image"; url: string }
  /** The input is a video that this browser plays; the view seeks to `atMs`, which lies within the frame. */
  | { kind: "video"; url: string; type: string; atMs?: number };

/** Width and height in pixels. */
export interface Size {
  width: number;
  height: number;
}

export interface Recording {
  /**
   * The input's own size: boxes are in its pixels. Null while it is not known; then a picture's own size counts, which
   * is wrong for a preview of a wider input (previews are at most 960 pixels wide).
   */
  readonly inputSize: Size | null;
  /** Where a message's `image_url` lies from here: below the public root path. */
  address(imageUrl: string): string;
  /** Frames of the job as far as they are known; frame indices run from 0 to `frameCount - 1`. */
  readonly frameCount: number;
  /** What was found in a frame; undefined while it is not loaded, null where it is known to have none. */
  frame(index: number): FrameData | null | undefined;
  /** Ask for the frames around one; they come by `subscribe`. Asking twice costs nothing. */
  load(index: number): void;
  /** When a frame is in the input; null where that was not read yet. */
  time(index: number): number | null;
  /** The frame that is on the screen at a moment of the input; null where none that was read covers it. */
  indexAt(timeMs: number): number | null;
  /** The best picture of a frame, or null where there is none. */
  picture(index: number): Picture | null;
  /** Most detections of one frame by column, over all frames; null while it is not known. */
  readonly counts: readonly number[] | null;
  /** Whether any frame that was read has tracks. */
  readonly hasTracks: boolean;
  /** Why the input itself does not play though it is a video, in plain words; null where nothing is to be said. */
  readonly notice: string | null;
  /** A picture that was told of could not be shown here. */
  pictureFailed(url: string): void;
  subscribe(listener: () => void): () => void;
  /** Changes whenever anything above does. */
  getVersion(): number;
}
