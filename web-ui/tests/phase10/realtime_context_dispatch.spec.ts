import { expect, test } from "vitest";

import { createStore } from "../../src/realtime/store.ts";
import { frame, JOB, message, progress, status, warning } from "./wire_messages.ts";

test("what a job says becomes what the page shows", () => {
  const store = createStore();
  store.dispatch({ type: "WATCH", jobId: JOB });
  const messages = [
    status(1, "queued"),
    status(2, "running"),
    message("metadata", 3, { plugin: "motion", metadata: { version: "1.0.0" } }),
    message("plugin_status", 4, { plugin: "motion", tool: "regions", status: "started" }),
    progress(5, 40, {}, { stage: "running", plugin: "motion", tool: "regions", frames_done: 2, frames_total: 5, eta_seconds: 3 }),
    frame(6, 0, {}, { image_url: "/v1/jobs/j/frames/0.jpg", timing_ms: 4 }),
    frame(7, 1, {}, { timing_ms: 6 }),
    warning(8, "too dark", {}, { severity: "high", code: "DARK", frame_id: `${JOB}:1` }),
  ];

  store.dispatch({ type: "MESSAGES", messages, now: 5_000 });

  expect(store.state).toMatchObject({
    status: "running",
    attempt: 1,
    deviceUsed: "cpu",
    progress: { percent: 40, stage: "running", framesDone: 2, framesTotal: 5, etaSeconds: 3, movedAt: 5_000 },
    currentFrame: { frame_index: 1 },
    currentPicture: { frame_index: 0 },
    pluginTimings: { motion: 10 },
    timingStats: { "motion.regions": { count: 2, mean: 5, last: 6, p95: 6 } },
    pluginStatus: { motion: { status: "running", tools: { regions: "running" }, framesProcessed: 2 } },
    pluginMetadata: { motion: { version: "1.0.0" } },
    warnings: [{ id: "e-8", message: "too dark", severity: "high", code: "DARK", frameIndex: 1 }],
    warningsCount: 1,
    warningsByPlugin: { motion: 1 },
    timeline: { lastFrame: 1 },
    cursor: "e-8",
  });
  expect(store.state.frames.map(({ frame_index }) => frame_index)).toEqual([0, 1]);
  expect(store.state.log.map(({ text }) => text)).toEqual([
    "Queued",
    "Running on the CPU",
    "motion 1.0.0",
    "motion, regions: started",
    "motion: too dark",
  ]);
});
