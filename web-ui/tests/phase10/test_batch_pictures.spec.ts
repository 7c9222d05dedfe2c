/** The pictures and the progress of a batch's rows: what is asked for, and when. */
import { createElement } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { render } from "vitest-browser-react";

import type { JobStatus } from "../../src/api/jobs.ts";
import { ItemList } from "../../src/pages/batch/item_list.ts";
import { pictureOf } from "../../src/pages/batch/pictures.ts";
import { Thumbnail } from "../../src/pages/batch/Thumbnail.tsx";
import { type JobNews, Told } from "../../src/pages/batch/told.ts";
import { NOW, summaryOf } from "./job_summaries.ts";

const envelope = (jobId: string, attempt = 1) => ({ timestamp: NOW, job_id: jobId, attempt });

function progress(jobId: string, percent: number, stage = "processing"): JobNews {
  return { ...envelope(jobId), type: "progress", payload: { job_id: jobId, progress: percent, stage } };
}

function status(jobId: string, name: JobStatus, attempt = 1): JobNews {
  const payload = { status: name, device_requested: "cpu", device_used: "cpu", fallback: false, progress: 0 };
  return { ...envelope(jobId, attempt), type: "job_status", payload };
}

const image = (name: JobStatus, stage: string | null) => summaryOf("j", name, { stage });
const video = (name: JobStatus, stage: string | null, percent = 0) =>
  summaryOf("j", name, { stage, progress: percent, input_type: "video/mp4" });

test("no picture is asked for that can't be there: before an input was opened, and of a video before its first frame", () => {
  expect(pictureOf(null)).toBeNull();
  expect(pictureOf(image("queued", null))).toBeNull();
  expect(pictureOf(image("running", null))).toBeNull();
  expect(pictureOf(image("error", null))).toBeNull();
  expect(pictureOf(video("running", "starting"))).toBeNull();
  expect(pictureOf(video("error", "starting"))).toBeNull();
});

test("an image has one picture from its opening on, however its job goes and ends", () => {
  const shown = [image("running", "starting"), image("running", "finishing"), image("done", null), image("error", "processing")];
  expect(new Set(shown.map(pictureOf))).toEqual(new Set(["/v1/jobs/j/thumbnail"]));
});

test("a video that runs has another picture ten times at most, and stays with the last once it has ended", () => {
  const places = Array.from({ length: 100 }, (_, percent) => pictureOf(video("running", "processing", percent)));
  expect(new Set(places).size).toBe(10);
  expect(places[7]).toBe(places[0]);
  expect(places[30]).not.toBe(places[29]);
  expect(pictureOf(video("done", "finished", 100))).toBe("/v1/jobs/j/thumbnail");
  expect(pictureOf(video("cancelled", "processing", 40))).toBe("/v1/jobs/j/thumbnail");
});

test("of a job's progress only the newest is kept, and it is told before what came after it", () => {
  const told = new Told();
  for (let percent = 0; percent < 60; percent++) told.add(progress("a", percent));
  told.add(progress("b", 10));
  told.add(status("a", "done"));
  told.add(progress("b", 20));

  expect(told.take()).toEqual([progress("a", 59), status("a", "done"), progress("b", 20)]);
  expect(told.take()).toEqual([]);
});

test("a row's progress is what was measured: it follows the stream, never falls back, and is another's after a new attempt", async () => {
  const items = [{ n: 1, line: null, name: "1", status: "running" as const, error: null, job: summaryOf("a", "running", { progress: 12 }) }];
  const list = new ItemList(() => Promise.resolve({ items, next_after: null }));
  list.count(1, { running: 1 });
  list.see(0, 0);
  await expect.poll(() => list.at(0)?.job?.progress).toBe(12);

  list.take([progress("a", 40)]);
  expect(list.at(0)?.job).toMatchObject({ progress: 40, stage: "processing" });
  list.take([progress("a", 30), progress("stranger", 90)]);
  expect(list.at(0)?.job?.progress).toBe(40);
  // As a stream that was taken up again from an older cursor says it.
  list.take([status("a", "running")]);
  expect(list.at(0)?.job?.progress).toBe(40);
  list.take([status("a", "queued", 2), progress("a", 70)]);
  expect(list.at(0)?.job).toMatchObject({ status: "queued", progress: 0, attempt: 2 });
});

/** Whether the page has asked for the picture of this job: here nobody has one. */
function wasAskedFor(jobId: string): boolean {
  return performance.getEntriesByType("resource").some(({ name }) => name.endsWith(`/v1/jobs/${jobId}/thumbnail`));
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("a row that is scrolled past asks for nothing; one that stays does, and shows its kind where there is no picture", async () => {
  const passed = await render(createElement(Thumbnail, { job: summaryOf("passed", "done") }));
  await vi.advanceTimersByTimeAsync(100);
  // Whatever the row has in mind by now is on the page then.
  await passed.rerender(createElement(Thumbnail, { job: summaryOf("passed", "done") }));
  expect(passed.container.querySelector("img")).toBeNull();
  await passed.unmount();

  const { container } = await render(createElement(Thumbnail, { job: summaryOf("rested", "done") }));
  const place = () => container.querySelector(".thumbnail")?.getBoundingClientRect().toJSON() as object;
  const before = place();
  expect(before).toMatchObject({ width: 56, height: 42 });
  await vi.advanceTimersByTimeAsync(200);
  await expect.poll(() => wasAskedFor("rested")).toBe(true);
  await expect.poll(() => container.querySelector("img")).toBeNull();
  expect(container.querySelector("svg")).toBeVisible();
  expect(place()).toEqual(before);
  expect(wasAskedFor("passed")).toBe(false);
});

test("a picture that was not there yet is asked for again when the job has gone on", async () => {
  const asked = () => performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/v1/jobs/late/thumbnail")).length;
  const row = (name: JobStatus) => createElement(Thumbnail, { job: summaryOf("late", name, { stage: "processing" }) });
  const { container, rerender } = await render(row("running"));
  await vi.advanceTimersByTimeAsync(200);
  await expect.poll(asked).toBe(1);
  await expect.poll(() => container.querySelector("img")).toBeNull();

  await rerender(row("done"));

  await expect.poll(asked).toBe(2);
});
