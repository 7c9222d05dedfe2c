/**
 * The frames of a job, page by page, in bounded memory.
 *
 * Pages begin at fixed places of an append-only log, so one that was let go is read again from where it began. All
 * pages are walked once, which finds where each frame is and how much was found in it; the frames themselves are kept
 * of the pages that were looked at last.
 */
import { type FrameData, hasTrack } from "../realtime/messages.ts";
import { frameCounts } from "./frame_counts.ts";
import { frameTimes } from "./frame_times.ts";

export interface FramePage {
  frames: readonly FrameData[];
  /** What brings the next page; null where there is none yet. */
  next_after: number | null;
}

export const FRAMES_A_PAGE = 500;
/** Pages whose frames are kept. */
const PAGES_KEPT = 12;
/** After a failure, or at the end of a job that runs, the next page is asked for no sooner. */
const PAUSE_MS = 1_000;

interface Page {
  /** Where it begins: the `after` that brings it. */
  after: number;
  first: number;
  last: number;
  /** By frame index; null once they were let go. */
  frames: Map<number, FrameData> | null;
  used: number;
}

export interface FramePages {
  readonly frameCount: number;
  /** Whether any frame that was read has tracks. */
  readonly hasTracks: boolean;
  /** Undefined while it is not loaded, null where it is known to have none. */
  frame(index: number): FrameData | null | undefined;
  load(index: number): void;
  /** When a frame is in the input, whether it is loaded or was let go; null where it was never read. */
  time(index: number): number | null;
  /** The frame on the screen at a moment of the input; null where no frame that was read covers it. */
  indexAt(timeMs: number): number | null;
  counts(): readonly number[] | null;
  /** Begin to read; what this signal aborts can be opened again. */
  open(signal: AbortSignal): void;
  /** No frame follows: walk to the end. */
  end(): void;
}

/** Pages read by `read`; `changed` is called whenever there is more to see. */
export function framePages(
  read: (after: number, signal: AbortSignal) => Promise<FramePage>,
  changed: () => void,
): FramePages {
  const pages: Page[] = [];
  const found = frameCounts();
  const times = frameTimes();
  let signal = AbortSignal.abort();
  const reading = new Set<number>();
  let ended = false;
  /** Every page up to the end of an ended job was walked. */
  let complete = false;
  let walking = false;
  let notBefore = 0;
  let clock = 0;
  let hasTracks = false;

  const lastFrame = (): number => pages.at(-1)?.last ?? -1;

  function pageOf(index: number): Page | undefined {
    let low = 0;
    let high = pages.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pages[middle]?.last ?? -1) < index) low = middle + 1;
      else high = middle;
    }
    return pages[low];
  }

  function letGo(): void {
    const held = pages.filter((page) => page.frames !== null);
    held.sort((one, other) => one.used - other.used);
    for (const page of held.slice(0, Math.max(0, held.length - PAGES_KEPT))) page.frames = null;
  }

  function keep(after: number, frames: readonly FrameData[]): void {
    const first = frames[0];
    const last = frames.at(-1);
    if (first === undefined || last === undefined) return;
    const byIndex = new Map(frames.map((frame) => [frame.frame_index, frame]));
    clock += 1;
    const page = { after, first: first.frame_index, last: last.frame_index, frames: byIndex, used: clock };
    const known = pages.findIndex((item) => item.after === after);
    if (known >= 0) pages[known] = page;
    else pages.push(page);
    for (const frame of frames) {
      found.add(frame.frame_index, frame.boxes.length);
      times.add(frame.frame_index, frame.timestamp_ms);
    }
    hasTracks ||= frames.some(hasTrack);
    letGo();
  }

  async function walk(): Promise<void> {
    if (walking || complete || signal.aborted) return;
    walking = true;
    const opened = signal;
    // The last page may have grown since.
    let after: number | null = pages.at(-1)?.after ?? 0;
    try {
      while (after !== null) {
        const endedBefore = ended;
        const answer: FramePage = await read(after, opened);
        if (opened.aborted) return;
        keep(after, answer.frames);
        if (answer.next_after === null) {
          complete = endedBefore;
          // It ended meanwhile: look once more.
          if (ended && !endedBefore) continue;
        }
        after = answer.next_after;
        changed();
      }
    } catch {
      // Said by what is missing; whoever looks there asks again.
    } finally {
      walking = false;
      notBefore = performance.now() + PAUSE_MS;
      // Closed and opened again meanwhile.
      if (opened !== signal) void walk();
    }
  }

  async function readAgain(page: Page): Promise<void> {
    if (reading.has(page.after)) return;
    reading.add(page.after);
    try {
      const answer = await read(page.after, signal);
      keep(page.after, answer.frames);
      changed();
    } catch {
      // As above.
    } finally {
      reading.delete(page.after);
    }
  }

  return {
    get frameCount() {
      return lastFrame() + 1;
    },
    get hasTracks() {
      return hasTracks;
    },
    frame(index) {
      const page = pageOf(index);
      if (page === undefined) return complete ? null : undefined;
      if (index < page.first) return null;
      if (page.frames === null) return undefined;
      clock += 1;
      page.used = clock;
      return page.frames.get(index) ?? null;
    },
    load(index) {
      const page = pageOf(index);
      if (page === undefined) {
        if (performance.now() >= notBefore) void walk();
      } else if (page.frames === null) void readAgain(page);
    },
    time: (index) => times.at(index),
    indexAt: (timeMs) => times.indexAt(timeMs),
    counts: () => found.columns(lastFrame() + 1),
    open(opened) {
      signal = opened;
      void walk();
    },
    end() {
      if (ended) return;
      ended = true;
      void walk();
    },
  };
}
