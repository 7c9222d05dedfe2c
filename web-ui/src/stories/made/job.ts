/** Made jobs: what the server would have said, put through the real reducer. */
import { idleConnection, initialState } from "../../realtime/initial_state.ts";
import type { MessageType, PayloadOf, RealtimeMessage } from "../../realtime/messages.ts";
import { reduce } from "../../realtime/reducer.ts";
import type { ConnectionInfo, RealtimeState } from "../../realtime/state.ts";
import { foundIn, pictureOf, SCENE } from "./scene.ts";

export const JOB_ID = "019a2f6c-7d1e-7c3a-9b52-4e8f0a6d1c37";
/** The moment at which a made job is looked at. */
export const NOW = Date.parse("2026-03-14T09:27:10.000Z");

export const LIVE: ConnectionInfo = { ...idleConnection, status: "OPEN", transport: "websocket" };

let seq = 100;

/** A message of the made job. */
export function message<T extends MessageType>(type: T, payload: PayloadOf<T>): RealtimeMessage {
  seq += 1;
  const timestamp = new Date(NOW - 20_000 + (seq % 1000) * 20).toISOString();
  // The payload is that of its type: the pair is one of the union.
  return { type, payload, timestamp, id: `5f0c3a9d2e7b4816-${seq}`, job_id: JOB_ID, attempt: 1 } as RealtimeMessage;
}

export const statusMessage = (
  status: PayloadOf<"job_status">["status"],
  more: Partial<PayloadOf<"job_status">> = {},
): RealtimeMessage =>
  message("job_status", {
    status,
    device_requested: "cpu",
    device_used: "cpu",
    fallback: false,
    progress: 0,
    ...more,
  });

export const frameMessage = (
  index: number,
  { pictured = true, timingMs = 6.5, plugin = "motion", tool = "moving_regions" } = {},
): RealtimeMessage =>
  message("frame", {
    frame_id: `${JOB_ID}:${index}`,
    frame_index: index,
    plugin,
    tool,
    data: foundIn(index),
    device_used: "cpu",
    timing_ms: timingMs + (index % 7) * 0.4,
    ...(pictured && { image_url: pictureOf(index) }),
  });

export const progressMessage = (percent: number, more: Partial<PayloadOf<"progress">> = {}): RealtimeMessage =>
  message("progress", {
    job_id: JOB_ID,
    progress: percent,
    stage: "processing",
    plugin: "motion",
    tool: "moving_regions",
    frames_done: Math.round((percent / 100) * SCENE.frames),
    frames_total: SCENE.frames,
    eta_seconds: Math.round((100 - percent) / 2.6),
    ...more,
  });

/** What begins every job that has found a worker. */
export const beginning = (): RealtimeMessage[] => [
  statusMessage("queued"),
  statusMessage("running"),
  message("metadata", {
    plugin: "motion",
    metadata: { version: "2.0.0", model: null, capabilities: ["tracking"], input_types: ["image", "video"] },
  }),
  message("metadata", {
    plugin: "people",
    metadata: { version: "1.4.0", model: "hog", capabilities: ["detection"], input_types: ["image", "video"] },
  }),
  progressMessage(0, { eta_seconds: null }),
  message("plugin_status", { plugin: "motion", tool: "moving_regions", status: "started" }),
  message("plugin_status", { plugin: "people", tool: "detect", status: "started" }),
];

/** Frames 0 to `count` − 1; the last one and every twentieth have a picture. */
export const framesUpTo = (count: number): RealtimeMessage[] =>
  Array.from({ length: count }, (_, index) => [
    frameMessage(index, { pictured: index === count - 1 || index % 20 === 0 }),
    message("frame", {
      frame_id: `${JOB_ID}:${index}`,
      frame_index: index,
      plugin: "people",
      tool: "detect",
      data: { frame_index: index, timestamp_ms: index * 100, boxes: [], scores: [], labels: [] },
      device_used: "cpu",
      timing_ms: 91 + (index % 9) * 3,
    }),
  ]).flat();

export const warnings = (): RealtimeMessage[] => [
  message("warning", {
    plugin: "motion",
    message: "Frame 132 is damaged and was skipped",
    severity: "medium",
    code: "FRAME_DAMAGED",
    frame_id: `${JOB_ID}:132`,
  }),
  message("warning", { plugin: "people", message: "The picture is small: people far away are missed", severity: "low" }),
  message("warning", {
    plugin: "motion",
    message: "The camera moves: what moves against it can't be told apart",
    severity: "high",
    code: "CAMERA_MOVES",
    frame_id: `${JOB_ID}:20`,
  }),
];

/** The state after these messages, over this connection. */
export function stateAfter(messages: readonly RealtimeMessage[], connection: ConnectionInfo = LIVE): RealtimeState {
  const watched = reduce(initialState, { type: "WATCH", jobId: JOB_ID });
  const connected = reduce(watched, { type: "CONNECTION", connection });
  return reduce(connected, { type: "MESSAGES", messages, now: NOW - 1_000 });
}

/** Half of it done. */
export const halfway = (connection: ConnectionInfo = LIVE): RealtimeState =>
  stateAfter([...beginning(), ...framesUpTo(206), progressMessage(50)], connection);

/** All of it done. */
export const complete = (): RealtimeState =>
  stateAfter([
    ...beginning(),
    ...framesUpTo(SCENE.frames),
    message("plugin_status", {
      plugin: "motion",
      tool: "moving_regions",
      status: "completed",
      timing_ms: 3150,
      frames_processed: SCENE.frames,
      warnings_count: 0,
    }),
    message("plugin_status", {
      plugin: "people",
      tool: "detect",
      status: "completed",
      timing_ms: 42_300,
      frames_processed: SCENE.frames,
      warnings_count: 0,
    }),
    progressMessage(100, { stage: "finished", eta_seconds: 0 }),
    statusMessage("done", { progress: 100 }),
  ]);
