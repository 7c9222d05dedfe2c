import { createElement } from "react";
import { describe, expect, test } from "vitest";
import { render } from "vitest-browser-react";

import { initialState } from "../../src/realtime/initial_state.ts";
import type { RealtimeMessage } from "../../src/realtime/messages.ts";
import { RealtimeProvider } from "../../src/realtime/RealtimeContext.tsx";
import { reduce } from "../../src/realtime/reducer.ts";
import {
  type JobSnapshot,
  MAX_FRAMES,
  MAX_LOG,
  MAX_WARNINGS,
  type RealtimeState,
  TIMELINE_BINS,
} from "../../src/realtime/state.ts";
import { useRealtime } from "../../src/realtime/useRealtime.ts";
import golden from "../../../tests/wire/second_attempt.json?raw";
import { newStage } from "./stage.ts";
import { frame, JOB, message, progress, status, warning } from "./wire_messages.ts";

const watching = reduce(initialState, { type: "WATCH", jobId: JOB });

function after(state: RealtimeState, ...messages: readonly RealtimeMessage[]): RealtimeState {
  return reduce(state, { type: "MESSAGES", messages, now: 1_000 });
}

const snapshot: JobSnapshot = {
  jobId: JOB,
  status: "running",
  attempt: 1,
  deviceRequested: "gpu",
  deviceUsed: "cpu",
  fallbackReason: "no worker has a GPU",
  progress: 40,
  stage: "running",
  pluginTimings: null,
  error: null,
  cursor: "e-100",
};

describe("what counts", () => {
  test("what was seen before is passed over, one by one and in one go", () => {
    const messages = [status(1, "running"), warning(2, "dark"), frame(3, 0)];
    const once = after(watching, ...messages);

    expect(after(once, ...messages)).toBe(once);
    expect(after(watching, ...messages, ...messages)).toEqual(once);
    expect(messages.reduce((state, one) => after(state, one), watching)).toEqual(once);
  });

  test("a page that came late counts the frames before it too", () => {
    const where = { plugin: "motion", tool: "regions" };
    const late = after(watching, frame(500, 400), progress(501, 41, {}, { ...where, frames_done: 401, frames_total: 1_000 }));
    const next = after(late, frame(502, 401), progress(503, 41, {}, { ...where, frames_done: 402, frames_total: 1_000 }));

    expect(late.pluginStatus.motion).toMatchObject({ status: "running", framesProcessed: 401 });
    expect(next.pluginStatus.motion).toMatchObject({ status: "running", framesProcessed: 402 });
    expect(next.timingStats["motion.regions"]).toMatchObject({ mean: 5, last: 5 });
  });

  test("a finished job never moves back", () => {
    const done = after(watching, status(1, "running"), status(2, "done", {}, { progress: 100 }));

    const later = after(done, progress(3, 95), status(4, "running"), warning(5, "late"), status(6, "error", { attempt: 2 }));

    expect(later).toBe(done);
    expect(reduce(done, { type: "SNAPSHOT", snapshot })).toBe(done);
    expect(reduce(done, { type: "SNAPSHOT", snapshot: { ...snapshot, cursor: "f-1" } })).toBe(done);
  });

  test("a new attempt clears what the old one said, and the old one is not heard any more", () => {
    const first = after(watching, status(1, "running"), frame(2, 7), warning(3, "dark"), progress(4, 60));

    const second = after(
      first,
      status(5, "queued", { attempt: 2 }),
      status(6, "running", { attempt: 2 }),
      progress(7, 70),
      warning(8, "late"),
    );

    expect(second).toMatchObject({
      attempt: 2,
      status: "running",
      progress: { percent: 0 },
      frames: [],
      currentFrame: null,
      warnings: [],
      warningsCount: 0,
      timingStats: {},
      timeline: { lastFrame: -1 },
    });
    expect(second.log.map(({ text }) => text)).toEqual(["Queued again: attempt 2", "Running on the CPU"]);
  });

  test("the golden story of two attempts ends as it says", () => {
    const story = JSON.parse(golden) as RealtimeMessage[];
    const jobId = story[0]?.job_id ?? "";

    const end = after(reduce(initialState, { type: "WATCH", jobId }), ...story);

    const last = story.filter(({ attempt }) => attempt === 2);
    expect(end).toMatchObject({ attempt: 2, status: "done", ended: true, cursor: story.at(-1)?.id });
    expect(end.frames).toEqual(last.filter(({ type }) => type === "frame").map(({ payload }) => payload));
  });
});

describe("what is kept has a limit", () => {
  test("of a long job the newest frames, warnings and lines stay, and all are counted", () => {
    let state = watching;
    for (let batch = 0; batch < 40; batch += 1) {
      const messages = Array.from({ length: 50 }, (_, place) => batch * 50 + place).flatMap((index) => [
        frame(2 * index + 1, index),
        warning(2 * index + 2, `dark ${index}`),
      ]);
      state = after(state, ...messages);
    }

    expect(state.frames).toHaveLength(MAX_FRAMES);
    expect(state.frames.at(0)?.frame_index).toBe(2_000 - MAX_FRAMES);
    expect(state.frames.at(-1)?.frame_index).toBe(1_999);
    expect(state.warnings).toHaveLength(MAX_WARNINGS);
    expect(state.warnings.at(-1)?.message).toBe("dark 1999");
    expect(state.warningsCount).toBe(2_000);
    expect(state.log).toHaveLength(MAX_LOG);
    expect(state.timingStats["motion.regions"]?.count).toBe(2_000);
    expect(state.pluginTimings.motion).toBeCloseTo(10_000);
  });

  test("the timeline keeps its columns, each with the most that was found in one of its frames", () => {
    const box = { x1: 0, y1: 0, x2: 1, y2: 1 };
    const found = (seq: number, index: number, count: number) =>
      frame(seq, index, {}, {
        data: {
          frame_index: index,
          timestamp_ms: index,
          boxes: Array<typeof box>(count).fill(box),
          scores: Array<number>(count).fill(1),
          labels: Array<string>(count).fill("a"),
        },
      });

    const { timeline } = after(watching, found(1, 3, 5), found(2, 511, 2), found(3, 1_500, 7));

    expect(timeline).toMatchObject({ framesPerBin: 4, lastFrame: 1_500 });
    expect(timeline.bins).toHaveLength(TIMELINE_BINS);
    expect([timeline.bins[0], timeline.bins[127], timeline.bins[375]]).toEqual([5, 2, 7]);
  });

  test("a plugin may have any name", () => {
    const place = {};
    const state = after(
      watching,
      warning(1, "one", place, { plugin: "constructor" }),
      warning(2, "two", place, { plugin: "__proto__" }),
      warning(3, "three", place, { plugin: "__proto__" }),
    );

    expect(Object.entries(state.warningsByPlugin)).toEqual([
      ["constructor", 1],
      ["__proto__", 2],
    ]);
  });
});

describe("what follows from what was said", () => {
  test("95 of 100 frames stayed within p95", () => {
    const messages = Array.from({ length: 100 }, (_, index) => frame(index + 1, index, {}, { timing_ms: index + 1 }));

    expect(after(watching, ...messages).timingStats["motion.regions"]).toMatchObject({ count: 100, mean: 50.5, p95: 95 });
  });

  test("a plugin has completed when all its tools have, and takes as long as they do together", () => {
    const tool = (seq: number, name: string, state: "started" | "completed", timing_ms?: number) =>
      message("plugin_status", seq, { plugin: "p", tool: name, status: state, ...(timing_ms !== undefined && { timing_ms, frames_processed: 10 }) });

    const half = after(watching, tool(1, "a", "started"), tool(2, "a", "completed", 100), tool(3, "b", "started"));
    const whole = after(half, tool(4, "b", "completed", 50));

    expect(half.pluginStatus.p).toMatchObject({ status: "started", framesProcessed: 10 });
    expect(whole.pluginStatus.p).toMatchObject({ status: "completed", framesProcessed: 20 });
    expect(whole.pluginTimings).toEqual({ p: 150 });
    expect(whole.toolTimings).toEqual({ "p.a": 100, "p.b": 50 });
  });

  test("an error is told once, though two messages speak of it, and nothing runs any more", () => {
    const details = { error_code: "PLUGIN_CRASH", message: "The tool failed" };

    const state = after(
      watching,
      message("plugin_status", 1, { plugin: "motion", tool: "regions", status: "running" }),
      message("error", 2, { error: "The tool failed", plugin: "motion", details }),
      status(3, "error", {}, { error: details, progress: 40 }),
    );

    expect(state.errors).toMatchObject([{ plugin: "motion", message: "The tool failed", code: "PLUGIN_CRASH" }]);
    expect(state).toMatchObject({ errorsCount: 1, ended: true, progress: { percent: 40, etaSeconds: null } });
    expect(state.pluginStatus.motion?.status).toBe("failed");
  });

  test("of several plugins only the one that the error names has failed, the others were stopped", () => {
    const details = { error_code: "PLUGIN_CRASH", message: "The tool failed" };
    const running = ["motion", "people", "codes"].map((plugin, place) =>
      message("plugin_status", place + 1, { plugin, tool: "run", status: "running" }),
    );
    const done = message("plugin_status", 4, { plugin: "codes", tool: "run", status: "completed" });

    const failed = after(watching, ...running, done, message("error", 5, { error: "The tool failed", plugin: "people", details }), status(6, "error", {}, { error: details }));
    const lost = after(watching, ...running, status(5, "error", {}, { error: { error_code: "WORKER_LOST", message: "The worker died" } }));
    const cancelled = after(watching, ...running, status(5, "cancelled"));

    const statuses = ({ pluginStatus }: RealtimeState) => Object.entries(pluginStatus).map(([name, state]) => `${name} ${state.status}`);
    expect(statuses(failed)).toEqual(["motion stopped", "people failed", "codes completed"]);
    expect(statuses(lost)).toEqual(["motion stopped", "people stopped", "codes stopped"]);
    expect(statuses(cancelled)).toEqual(["motion stopped", "people stopped", "codes stopped"]);
  });

  test("of two tools of one plugin, the one that said so has failed", () => {
    const tool = (seq: number, name: string, now: "running" | "failed") =>
      message("plugin_status", seq, { plugin: "motion", tool: name, status: now });
    const error = message("error", 4, { error: "It failed", plugin: "motion" });

    const state = after(watching, tool(1, "a", "running"), tool(2, "b", "running"), tool(3, "b", "failed"), error, status(5, "error"));

    expect(state.pluginStatus.motion).toMatchObject({ status: "failed", tools: { a: "stopped", b: "failed" } });
  });

  test("warnings are counted as the tools say at their end, where not all were told", () => {
    const of = (seq: number, plugin: string, text: string) => warning(seq, text, undefined, { plugin });
    const ended = (seq: number, plugin: string, tool: string, count: number) =>
      message("plugin_status", seq, { plugin, tool, status: "completed", warnings_count: count });
    const started = [["odd", "a"], ["odd", "b"], ["calm", "a"]].map(([plugin = "", tool = ""], place) =>
      message("plugin_status", place + 1, { plugin, tool, status: "running" }),
    );

    const told = after(watching, ...started, of(4, "odd", "dark"), of(5, "odd", "dark"), of(6, "calm", "wet"));
    const half = after(told, of(7, "odd", "84 in all"), ended(8, "odd", "a", 84), ended(9, "calm", "a", 1));
    const whole = after(half, ended(10, "odd", "b", 3));

    expect(told).toMatchObject({ warningsCount: 3, warningsByPlugin: { odd: 2, calm: 1 } });
    expect(half).toMatchObject({ warningsCount: 85, warningsByPlugin: { odd: 84, calm: 1 } });
    expect(whole).toMatchObject({ warningsCount: 88, warningsByPlugin: { odd: 87, calm: 1 }, warningsTold: { odd: 3, calm: 1 } });
  });

  test("progress that is repeated has not moved", () => {
    const first = reduce(watching, { type: "MESSAGES", messages: [progress(1, 40)], now: 1_000 });
    const same = reduce(first, { type: "MESSAGES", messages: [progress(2, 40)], now: 9_000 });
    const more = reduce(same, { type: "MESSAGES", messages: [progress(3, 41)], now: 9_500 });

    expect([first, same, more].map((state) => state.progress?.movedAt)).toEqual([1_000, 1_000, 9_500]);
  });

  test("what this connection was not sent is counted", () => {
    const gap = (dropped: Record<string, number>): RealtimeMessage => ({
      type: "gap",
      payload: { from: "e-1", to: "e-9", reason: "too_slow", dropped },
      timestamp: "2026-03-14T09:26:53Z",
    });

    expect(after(watching, gap({ frame: 3 }), gap({ frame: 4, progress: 1 })).skipped).toEqual({ frame: 7, progress: 1 });
  });
});

describe("a snapshot", () => {
  test("is where the state begins, and what it covers does not come again", () => {
    const loaded = reduce(watching, { type: "SNAPSHOT", snapshot, now: 1_000 });

    expect(loaded).toMatchObject({ status: "running", progress: { percent: 40 }, fallbackReason: "no worker has a GPU" });
    expect(after(loaded, progress(100, 39))).toBe(loaded);
    expect(after(loaded, progress(101, 41)).progress?.percent).toBe(41);
  });

  test("with the log before it shows the job as if one had watched", () => {
    const history = [status(90, "running"), frame(91, 7), warning(92, "dark"), progress(93, 39), warning(101, "too new")];
    const loaded = reduce(watching, { type: "SNAPSHOT", snapshot });

    const whole = reduce(loaded, { type: "SNAPSHOT", snapshot, history, now: 1_000 });
    const twice = reduce(whole, { type: "SNAPSHOT", snapshot, history, now: 1_000 });

    expect(whole.warnings.map(({ message: text }) => text)).toEqual(["dark"]);
    expect(whole).toMatchObject({ currentFrame: { frame_index: 7 }, progress: { percent: 40 }, cursor: "e-100" });
    expect(twice).toEqual(whole);
  });

  test("of a job that has ended is whole, too", () => {
    const ended = { ...snapshot, status: "done", progress: 100, pluginTimings: { motion: 81 } } as const;
    const history = [status(90, "running"), frame(91, 7), status(92, "done", {}, { progress: 100 })];
    const loaded = reduce(watching, { type: "SNAPSHOT", snapshot: ended });

    const whole = reduce(loaded, { type: "SNAPSHOT", snapshot: ended, history, now: 1_000 });

    expect(whole).toMatchObject({ ended: true, status: "done", pluginTimings: { motion: 81 }, currentFrame: { frame_index: 7 } });
  });

  test("that is older than the state, or of another job, changes nothing", () => {
    const state = after(watching, status(200, "running"), progress(201, 80));

    expect(reduce(state, { type: "SNAPSHOT", snapshot })).toBe(state);
    expect(reduce(state, { type: "SNAPSHOT", snapshot: { ...snapshot, jobId: "another", cursor: "e-900" } })).toBe(state);
  });
});

describe("the provider", () => {
  /** Shows what a page would: the state in words. */
  function Shown() {
    const { state } = useRealtime();
    const { status: name, progress: done, warnings, frames, ended } = state;
    return createElement(
      "output",
      null,
      `${name ?? "unknown"} ${done?.percent ?? "-"} % ${frames.length} frames ${warnings.map(({ message: text }) => text).join(",")} ${ended ? "ended" : ""}`,
    );
  }

  const shown = (root: string, readSnapshot = () => Promise.resolve(snapshot)) =>
    render(createElement(RealtimeProvider, { jobId: JOB, root, readSnapshot, children: createElement(Shown) }));

  const page = (messages: readonly RealtimeMessage[], cursor: string) => ({ body: { messages, cursor, next_after: null } });

  test("reads the snapshot and the log, then goes on from there", async () => {
    const stage = newStage();
    const history = [warning(92, "dark"), frame(95, 7)];
    await stage.write(...history, progress(100, 40), progress(101, 55));
    await stage.script({
      routes: { "/v1/realtime": page([warning(92, "dark")], "e-101"), [`/v1/jobs/${JOB}/events`]: page(history, "e-100") },
    });
    const screen = await shown(stage.root);

    const output = screen.getByRole("status");
    await expect.element(output).toHaveTextContent("running 55 % 1 frames dark");
    await stage.say(warning(102, "wet"), progress(103, 60));
    await expect.element(output).toHaveTextContent("running 60 % 1 frames dark,wet");
    const [connection] = (await stage.seen()).connections;
    expect(new URLSearchParams(connection?.query).get("since")).toBe("e-100");
  });

  test("shows the snapshot where the log can't be read", async () => {
    const stage = newStage();
    const screen = await shown(stage.root);

    await expect.element(screen.getByRole("status")).toHaveTextContent("running 40 % 0 frames");
    await expect.poll(async () => (await stage.seen()).connections).toHaveLength(1);
    await stage.say(progress(101, 41));
    await expect.element(screen.getByRole("status")).toHaveTextContent("running 41 %");
  });

  test("reads the snapshot anew when the stream can't be continued", async () => {
    const stage = newStage();
    let reads = 0;
    const readSnapshot = () => {
      reads += 1;
      return Promise.resolve(reads === 1 ? snapshot : { ...snapshot, progress: 70, cursor: "f-8" });
    };
    const screen = await shown(stage.root, readSnapshot);
    await expect.poll(async () => (await stage.seen()).connections).toHaveLength(1);

    await stage.say(
      { type: "reset", payload: { reason: "epoch_changed", cursor: "f-7" }, timestamp: "2026-03-14T09:26:53Z" },
      progress(8, 69, { epoch: "f" }),
      progress(9, 71, { epoch: "f" }),
    );

    await expect.element(screen.getByRole("status")).toHaveTextContent("running 71 %");
    expect(reads).toBe(2);
  });

  test("holds what comes back until the new snapshot is there, though a paint was due", async () => {
    const stage = newStage();
    let answer: (snapshot: JobSnapshot) => void = () => undefined;
    let reads = 0;
    const readSnapshot = () => {
      reads += 1;
      return reads === 1 ? Promise.resolve(snapshot) : new Promise<JobSnapshot>((resolve) => (answer = resolve));
    };
    const screen = await shown(stage.root, readSnapshot);
    await expect.poll(async () => (await stage.seen()).connections).toHaveLength(1);
    await stage.say(progress(101, 41));
    await expect.element(screen.getByRole("status")).toHaveTextContent("running 41 %");

    await stage.say(
      progress(102, 42),
      { type: "reset", payload: { reason: "epoch_changed", cursor: "f-7" }, timestamp: "2026-03-14T09:26:53Z" },
      progress(9, 71, { epoch: "f" }),
    );
    await expect.poll(() => reads).toBe(2);
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    answer({ ...snapshot, fallbackReason: null, attempt: 3, progress: 70, cursor: "f-8" });
    await stage.say(progress(10, 72, { epoch: "f", attempt: 3 }));

    await expect.element(screen.getByRole("status")).toHaveTextContent("running 72 %");
  });

  test("comes to its state when the server can be reached only later", async () => {
    const stage = newStage();
    let reads = 0;
    const readSnapshot = () => {
      reads += 1;
      return reads === 1 ? Promise.reject(new TypeError("Failed to fetch")) : Promise.resolve(snapshot);
    };
    const screen = await shown(stage.root, readSnapshot);

    await expect.element(screen.getByRole("status")).toHaveTextContent("running 40 %");
  });

  test("opens no stream for a job that has ended, and shows all the same what its log has", async () => {
    const stage = newStage();
    const end = status(1_500, "done", {}, { progress: 100 });
    await stage.script({
      routes: {
        "/v1/realtime": page([warning(92, "dark"), end], "e-9000"),
        [`/v1/jobs/${JOB}/events`]: page([frame(1_400, 7), end], "e-9000"),
      },
    });

    const screen = await shown(stage.root, () =>
      Promise.resolve({ ...snapshot, status: "done", progress: 100, cursor: "e-9000" }),
    );

    await expect.element(screen.getByRole("status")).toHaveTextContent("done 100 % 1 frames dark ended");
    const { connections, requests } = await stage.seen();
    expect(connections).toEqual([]);
    // Other jobs have filled the log since: what counts is the job's own end.
    expect(requests.at(-1)).toContain("after=e-500&");
  });

  test("leaves the stream once the job has ended", async () => {
    const stage = newStage();
    const screen = await shown(stage.root);
    await expect.poll(async () => (await stage.seen()).connections).toMatchObject([{ open: true }]);

    await stage.say(status(101, "done", {}, { progress: 100 }));

    await expect.element(screen.getByRole("status")).toHaveTextContent("done 100 % 0 frames ended");
    await expect.poll(async () => (await stage.seen()).connections).toMatchObject([{ open: false }]);
  });
});
