/**
 * Any frame of a job, and the best picture of it: what a page reads to scrub.
 *
 * Frames come by pages (`frame_pages.ts`). The picture is the input itself where this browser shows it, exact to the
 * frame, or after the end what the server made of it to be played (`playback.ts`); else the stored preview at or before
 * it.
 */
import { useEffect, useMemo } from "react";

import type { Picture, Recording, Size } from "../components/recording.ts";
import { api, contentOf } from "./client.ts";
import { inputUrl, previewUrl } from "./downloads.ts";
import { type FramePage, FRAMES_A_PAGE, framePages } from "./frame_pages.ts";
import { playedInput, playedVideo, type PlayedVideo } from "./playback.ts";
import { serverPath } from "./root.ts";

/** What browsers draw; other pictures are shown by their preview. */
const SHOWN_IMAGES: ReadonlySet<string> = new Set([
  "image/jpeg",
  "image/png",
  "image/webp",
  "image/gif",
  "image/bmp",
  "image/avif",
]);
/** While a job runs, its previews are listed again no sooner than this. */
const PREVIEWS_STALE_MS = 2_000;
const BROKE_OFF = "The video could not be played any further. Its stored preview pictures are shown instead.";

interface JobRecording extends Recording {
  /** Begin to read. The answer stops it; then it can be opened again, and knows what it knew. */
  open(): () => void;
  /** The job has ended: no frame follows. */
  end(): void;
}

/** The size of a picture that this browser draws. */
async function drawnSize(url: string): Promise<Size | null> {
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
  } catch {
    return null;
  }
  return { width: image.naturalWidth, height: image.naturalHeight };
}

/** The recording of one attempt of a job. */
function jobRecording(jobId: string, inputType: string): JobRecording {
  const listeners = new Set<() => void>();
  let closing = new AbortController();
  const path = { job_id: jobId };
  let version = 0;
  let counts: readonly number[] | null = null;
  let previews: readonly number[] = [];
  let previewsReadAt = Number.NEGATIVE_INFINITY;
  let ended = false;
  /** The input's, once this browser has shown that it can show it. */
  let inputSize: Size | null = null;
  let video: PlayedVideo | null = null;
  let notice: string | null = null;
  const failed = new Set<string>();

  function changed(): void {
    version += 1;
    for (const listener of listeners) listener();
  }

  async function readFrames(after: number, signal: AbortSignal): Promise<FramePage> {
    const params = { path, query: { after, limit: FRAMES_A_PAGE } };
    const page: unknown = await contentOf(api.GET("/v1/jobs/{job_id}/frames", { params, signal }));
    // The client's types lose that a polygon's points are pairs.
    return page as FramePage;
  }

  const pages = framePages(readFrames, () => {
    counts = pages.counts();
    changed();
  });

  async function readPreviews(): Promise<void> {
    if (performance.now() - previewsReadAt < PREVIEWS_STALE_MS) return;
    previewsReadAt = performance.now();
    try {
      const call = api.GET("/v1/jobs/{job_id}/previews", { params: { path }, signal: closing.signal });
      previews = (await contentOf(call)).previews;
      changed();
    } catch {
      // There is one picture less to choose from; the next look asks again.
    }
  }

  const isVideo = inputType.startsWith("video/");
  const url = inputUrl(jobId);

  function tell(words: string | null): void {
    if (words === notice) return;
    notice = words;
    changed();
  }

  /** One look for a video at a time; the end of the job begins another. */
  let looking: AbortController | null = null;

  async function findVideo(opened: AbortSignal): Promise<void> {
    looking?.abort();
    const look = new AbortController();
    looking = look;
    const signal = AbortSignal.any([opened, look.signal]);
    const found = await (ended ? playedVideo(jobId, signal, tell) : playedInput(jobId, signal));
    if (found === null || signal.aborted || failed.has(found.url)) return;
    video = found;
    inputSize ??= found.size;
    changed();
  }

  async function measurePicture(signal: AbortSignal): Promise<void> {
    if (inputSize !== null || !SHOWN_IMAGES.has(inputType)) return;
    const size = await drawnSize(url);
    if (signal.aborted || size === null) return;
    inputSize = size;
    changed();
  }

  function picture(index: number): Picture | null {
    if (video !== null) return { kind: "video", url: video.url, type: inputType };
    if (!isVideo && inputSize !== null) return { kind: "image", url };
    const nearest = previews.findLast((frameIndex) => frameIndex <= index) ?? previews[0];
    return nearest === undefined ? null : { kind: "preview", url: previewUrl(jobId, nearest), frameIndex: nearest };
  }

  return {
    get inputSize() {
      return inputSize;
    },
    address: serverPath,
    get frameCount() {
      return pages.frameCount;
    },
    get counts() {
      return counts;
    },
    get hasTracks() {
      return pages.hasTracks;
    },
    frame: (index) => pages.frame(index),
    load(index) {
      pages.load(index);
      if (!ended && video === null && inputSize === null) void readPreviews();
    },
    time: (index) => pages.time(index),
    indexAt: (timeMs) => pages.indexAt(timeMs),
    picture,
    get notice() {
      return notice;
    },
    pictureFailed(url) {
      if (url !== video?.url) return;
      failed.add(url);
      video = null;
      previewsReadAt = Number.NEGATIVE_INFINITY;
      void readPreviews();
      tell(BROKE_OFF);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    getVersion: () => version,
    end() {
      if (ended) return;
      ended = true;
      pages.end();
      previewsReadAt = Number.NEGATIVE_INFINITY;
      void readPreviews();
      if (isVideo && video === null && !closing.signal.aborted) void findVideo(closing.signal);
    },
    open() {
      const opened = new AbortController();
      closing = opened;
      pages.open(opened.signal);
      void readPreviews();
      // Whether the job has ended is said right after this.
      if (isVideo) queueMicrotask(() => video === null && looking === null && void findVideo(opened.signal));
      else void measurePicture(opened.signal);
      return () => {
        opened.abort();
        looking = null;
      };
    },
  };
}

/** The recording of a job's attempt, for as long as the page is there; a new attempt has a new one. */
export function useRecording(jobId: string, attempt: number, inputType: string | null, ended: boolean): Recording | null {
  const recording = useMemo(
    () => (inputType === null ? null : { attempt, of: jobRecording(jobId, inputType) }),
    [jobId, attempt, inputType],
  )?.of;
  useEffect(() => recording?.open(), [recording]);
  useEffect(() => {
    if (ended) recording?.end();
  }, [recording, ended]);
  return recording ?? null;
}
