/** Which frame a moment of a video shows, and where a frame is sought. */
import { expect, test } from "vitest";

import { frameTimes, type FrameTimes } from "../../src/api/frame_times.ts";
import { FrameSearch } from "../../src/components/frame/frame_search.ts";

function timesOf(milliseconds: readonly number[]): FrameTimes {
  const times = frameTimes();
  for (const [index, ms] of milliseconds.entries()) times.add(index, ms);
  return times;
}

test("a moment shows the frame that has begun by then, and rounding does not show the one before", () => {
  const times = timesOf([0, 33.367, 66.733, 100.1]);

  expect([0, 33.367, 66.733, 100.1].map((ms) => times.indexAt(ms))).toEqual([0, 1, 2, 3]);
  // As a container of whole milliseconds has them, and one that cuts off.
  expect([0, 33, 67, 100].map((ms) => times.indexAt(ms))).toEqual([0, 1, 2, 3]);
  expect([10, 45, 80].map((ms) => times.indexAt(ms))).toEqual([0, 1, 2]);
});

test("where the pace changes, a long still picture is not over at half its time", () => {
  const times = timesOf([0, 10, 2_010, 2_020]);

  expect(times.indexAt(1_200)).toBe(1);
  expect(times.indexAt(2_004)).toBe(1);
  expect(times.indexAt(2_006)).toBe(2);
  expect(times.indexAt(2_010)).toBe(2);
});

test("before the first frame there is the first, and past the last there is none", () => {
  const times = timesOf([0, 40, 80]);

  expect(times.indexAt(-5)).toBe(0);
  expect(times.indexAt(119)).toBe(2);
  expect(times.indexAt(121)).toBeNull();
  expect(frameTimes().indexAt(0)).toBeNull();
});

test("frames that a tool left out lie between their neighbours", () => {
  const times = frameTimes();
  times.add(2, 80);
  times.add(5, 200);

  expect([0, 1, 2, 3, 4, 5].map((index) => times.at(index))).toEqual([0, 40, 80, 120, 160, 200]);
  expect(times.indexAt(121)).toBe(3);
  expect(times.at(6)).toBeNull();
});

test("a hundred thousand frames are found as quickly as one, each at its own time", () => {
  const times = timesOf(Array.from({ length: 100_000 }, (_, index) => index * 20));

  for (let index = 0; index < 100_000; index += 777) expect(times.indexAt(index * 20)).toBe(index);
  expect(times.count).toBe(100_000);
});

test.each([0, 15, 60])("a frame is found though the one before is shown for %i ms too long", (late) => {
  const starts = [0, 100, 107, 116, 150];
  const shownAt = (ms: number): number => starts.findLastIndex((start) => start <= ms - late);
  const first = 111;
  const search = new FrameSearch(first);

  let at: number | null = first;
  let shown = shownAt(at);
  while ((at = search.next(shown, 2)) !== null) shown = shownAt(at);
  expect(shown).toBe(2);
});

test("where pictures came too late to be believed, a search ends where it began", () => {
  const search = new FrameSearch(1_000);
  const places: number[] = [];
  let at: number | null;
  while ((at = search.next(90, 50)) !== null) places.push(at);

  expect(places.length).toBeGreaterThan(5);
  expect(places.at(-1)).toBe(1_000);
});

test("a frame that the browser never shows is not sought for ever", () => {
  const search = new FrameSearch(100);
  let seeks = 0;
  while (search.next(3, 4) !== null) seeks += 1;
  expect(seeks).toBeLessThan(20);
});
