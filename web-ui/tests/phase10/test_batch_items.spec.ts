/** The list of a batch's items: read by pages as it is looked at, and kept right by what the stream says. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { BatchItem, BatchItems, ItemsQuery } from "../../src/api/batches.ts";
import { rolledUp, rolledUpList } from "../../src/api/live_batches.ts";
import type { JobStatus } from "../../src/api/jobs.ts";
import { ItemList } from "../../src/pages/batch/item_list.ts";
import { Pace } from "../../src/pages/batch/pace.ts";
import type { MessageOf } from "../../src/realtime/messages.ts";
import { NOW, summaryOf } from "./job_summaries.ts";

function item(n: number, status: JobStatus, hasJob = true): BatchItem {
  const error = status === "error" ? { code: "UNSUPPORTED_INPUT", detail: "no picture" } : null;
  return { n, line: null, name: `${n}.png`, status, error, job: hasJob ? summaryOf(`job-${n}`, status) : null };
}

function said(jobId: string, status: JobStatus): MessageOf<"job_status"> {
  const error = status === "error" ? { error_code: "TOOL_FAILED", message: "it broke" } : null;
  return {
    type: "job_status",
    timestamp: NOW,
    job_id: jobId,
    attempt: 1,
    payload: { status, device_requested: "cpu", device_used: "cpu", fallback: false, progress: 0, error },
  };
}

/** A server with these items, and what it was asked. */
function server(items: BatchItem[]): { asked: ItemsQuery[]; read: (query: ItemsQuery) => Promise<BatchItems> } {
  const asked: ItemsQuery[] = [];
  return {
    asked,
    read: (query) => {
      asked.push(query);
      const found = items.filter(({ n, status }) => n > query.after && (query.status === undefined || status === query.status));
      const shown = found.slice(0, query.limit);
      return Promise.resolve({ items: shown, next_after: found.length > shown.length ? (shown.at(-1)?.n ?? null) : null });
    },
  };
}

const settled = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("only the page that is looked at is read, wherever that is", async () => {
  const { asked, read } = server(Array.from({ length: 5_000 }, (_, place) => item(place + 1, "queued")));
  const list = new ItemList(read);
  list.count(5_000, { queued: 5_000 });
  list.see(3_200, 3_220);
  await settled();

  expect(asked).toEqual([{ after: 3_000, limit: 1_000 }]);
  expect(list.length).toBe(5_000);
  expect(list.at(3_200)?.n).toBe(3_201);
  expect(list.at(0)).toBeUndefined();
});

test("a row follows the stream, also what was said while it was read, and never back", async () => {
  const { read } = server([item(1, "queued"), item(2, "queued")]);
  const list = new ItemList(read);
  list.count(2, { queued: 2 });
  list.see(0, 1);
  list.take([said("job-1", "running")]);
  await settled();
  expect(list.at(0)?.status).toBe("running");

  list.take([said("job-1", "error"), said("job-1", "running")]);
  expect(list.at(0)).toMatchObject({ status: "error", error: { code: "TOOL_FAILED", detail: "it broke" } });
  expect(list.at(1)?.status).toBe("queued");
});

test("items that become jobs, or can't, are read again in a while: no more than is seen", async () => {
  const items = [item(1, "queued", false), item(2, "queued", false)];
  const { asked, read } = server(items);
  const list = new ItemList(read);
  list.count(2, { queued: 2 });
  list.see(0, 1);
  await settled();
  items.splice(0, 2, item(1, "queued"), item(2, "error", false));
  list.take([said("job-1", "queued")]);
  list.count(2, { queued: 1, error: 1 });
  await vi.advanceTimersByTimeAsync(2_100);

  expect(asked).toHaveLength(2);
  expect(list.at(0)?.job?.job_id).toBe("job-1");
  expect(list.at(1)?.error?.code).toBe("UNSUPPORTED_INPUT");
});

test("the items of one status come page after page, and anew when their number changes", async () => {
  const items = Array.from({ length: 2_500 }, (_, place) => item(place + 1, "done"));
  const { asked, read } = server(items);
  const list = new ItemList(read);
  list.count(2_501, { done: 2_500 });
  list.show("done");
  expect(list.length).toBeNull();
  list.see(0, 20);
  await settled();
  expect(list.length).toBe(2_500);
  list.see(990, 1_010);
  await settled();
  expect(asked.map(({ after }) => after)).toEqual([0, 1_000]);

  items.push(item(2_501, "done"));
  list.count(2_501, { done: 2_501 });
  await vi.advanceTimersByTimeAsync(5_000);
  list.see(2_490, 2_500);
  await settled();
  expect(list.at(2_500)?.n).toBe(2_501);
  expect(list.length).toBe(2_501);
});

test("a page that can't be read is told, and read again by itself", async () => {
  const { read } = server([item(1, "done")]);
  let isDown = true;
  const list = new ItemList((query) => (isDown ? Promise.reject(new Error("down")) : read(query)));
  list.count(1, { done: 1 });
  list.see(0, 0);
  await settled();
  expect(list.error).toEqual(new Error("down"));

  isDown = false;
  await vi.advanceTimersByTimeAsync(3_100);
  expect(list.error).toBeNull();
  expect(list.at(0)?.n).toBe(1);
});

test("the pace is measured: unknown at first, falling while nothing ends, anew after a retry", () => {
  const pace = new Pace();
  pace.note(0, 0);
  expect(pace.perSecond(1_000)).toBeNull();
  for (let second = 1; second <= 10; second++) pace.note(20 * second, 1_000 * second);
  expect(pace.perSecond(10_000)).toBeCloseTo(20);
  expect(pace.perSecond(40_000)).toBeCloseTo(5);
  expect(pace.perSecond(120_000)).toBe(0);

  pace.note(190, 121_000);
  expect(pace.perSecond(122_000)).toBeNull();
});

test("a roll-up changes the counts, and leaves it to the server to say that it is over", () => {
  const batch = {
    batch_id: "b",
    name: null,
    status: "queued" as const,
    plugin: "motion",
    tools: [],
    options: {},
    device_requested: "cpu",
    priority: "normal" as const,
    total: 4,
    counts: { queued: 4 },
    progress: 0,
    failure_rate: null,
    expanding: false,
    created_at: NOW,
    finished_at: null,
    links: {},
  };
  const counts = { queued: 1, running: 1, done: 1, error: 1, cancelled: 0 };
  const rollUp = { batch_id: "b", counts, total: 4, progress: 50 };

  expect(rolledUp(batch, rollUp)).toMatchObject({ status: "running", counts, progress: 50, failure_rate: 0.5, finished_at: null });
  // Some of an ended batch run again.
  expect(rolledUp({ ...batch, status: "done", finished_at: NOW }, rollUp)).toMatchObject({ status: "running", finished_at: null });
  const list = { pages: [{ batches: [batch], count: 1, next_after: null }], pageParams: [null] };
  expect(rolledUpList(list, new Map([["b", rollUp]]))).toMatchObject({ strangers: false, list: { pages: [{ batches: [{ progress: 50 }] }] } });
  expect(rolledUpList(list, new Map([["c", rollUp]])).strangers).toBe(true);
});
