/** Any frame of a job of any length, in bounded memory. */
import { expect, test } from "vitest";

import { type FramePage, framePages, type FramePages } from "../../src/api/frame_pages.ts";
import { timelineColumns } from "../../src/components/timeline_columns.ts";
import type { FrameData } from "../../src/realtime/messages.ts";

function frameOf(index: number, boxes: number): FrameData {
  const box = { x1: 0, y1: 0, x2: 1, y2: 1 };
  return {
    frame_index: index,
    timestamp_ms: index * 40,
    boxes: Array.from({ length: boxes }, () => box),
    scores: Array.from({ length: boxes }, () => 1),
    labels: Array.from({ length: boxes }, () => "thing"),
  };
}

/** A server's pages of a log that may grow; `after` is the place of the frame before. */
function pagesOf(frames: FrameData[], pageSize: number) {
  const asked: number[] = [];
  const read = (after: number): Promise<FramePage> => {
    asked.push(after);
    const next = Math.min(frames.length, after + pageSize);
    return Promise.resolve({ frames: frames.slice(after, next), next_after: next < frames.length ? next : null });
  };
  return { asked, read };
}

function opened(read: (after: number) => Promise<FramePage>): FramePages {
  const pages = framePages(read, () => undefined);
  pages.open(new AbortController().signal);
  return pages;
}

test("a frame that was let go is read again from where its page begins", async () => {
  const frames = Array.from({ length: 2_000 }, (_, index) => frameOf(index, index === 777 ? 9 : 1));
  const { asked, read } = pagesOf(frames, 100);
  const pages = opened(read);
  pages.end();
  await expect.poll(() => pages.frame(1_999)).toEqual(frames[1_999]);
  expect(pages.frameCount).toBe(2_000);

  // The first pages were let go for the last ones.
  expect(pages.frame(42)).toBeUndefined();
  const before = asked.length;
  pages.load(42);
  pages.load(42);
  await expect.poll(() => pages.frame(42)).toEqual(frames[42]);
  expect(asked.slice(before)).toEqual([0]);
  expect(pages.frame(2_000)).toBeNull();
});

test("where most was found is known of all frames, also of those that were let go", async () => {
  const frames = Array.from({ length: 20_000 }, (_, index) => frameOf(index, index === 7_777 ? 9 : 1));
  const pages = opened(pagesOf(frames, 500).read);
  pages.end();
  await expect.poll(() => pages.frameCount).toBe(20_000);

  const counts = pages.counts() ?? [];
  expect(counts.indexOf(9)).toBe(Math.floor((7_777 * counts.length) / 20_000));
  expect(counts.filter((count) => count !== 1)).toEqual([9]);
});

test("a frame that the tool skipped has nothing, and one to come is not known yet", async () => {
  const frames = [0, 1, 3, 4].map((index) => frameOf(index, 1));
  const { read } = pagesOf(frames, 3);
  const pages = opened(read);
  await expect.poll(() => pages.frame(4)).toEqual(frames[3]);
  expect(pages.frame(2)).toBeNull();
  expect(pages.frame(5)).toBeUndefined();

  frames.push(frameOf(5, 2));
  pages.end();
  await expect.poll(() => pages.frame(5)).toEqual(frames[4]);
  expect(pages.frame(6)).toBeNull();
});

test("what failed is tried again when somebody looks there", async () => {
  const { read } = pagesOf([frameOf(0, 1)], 10);
  let failures = 1;
  const pages = opened((after) => (failures-- > 0 ? Promise.reject(new Error("cut")) : read(after)));
  await expect
    .poll(() => {
      pages.load(0);
      return pages.frame(0);
    }, { timeout: 5_000 })
    .toEqual(frameOf(0, 1));
});

test("of a job that was opened late, the timeline shows what was found before", () => {
  const bins = new Array<number>(512).fill(0);
  bins[400] = 5;
  const live = { bins, framesPerBin: 2, lastFrame: 901 };

  const { columns, framesPerColumn } = timelineColumns(live, { counts: [0, 3, 0, 0], frameCount: 800 }, true);

  expect(framesPerColumn).toBe(2);
  expect(columns).toHaveLength(451);
  expect([columns[100], columns[400]]).toEqual([3, 5]);
});
