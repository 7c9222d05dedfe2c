/**
 * What the page knows of one watched job, and the actions that change it. No React, no I/O.
 *
 * `reducer.ts` is the only place that makes a new state. Everything in it is bounded: a job of any length needs the
 * same memory. What fell out of a list is in the log, and is read from `/v1/jobs/{id}/frames` and `…/events`.
 */
import type { ErrorPayload, FramePayload, JobStatusName, RealtimeMessage, Severity } from "./messages.ts";

/** The newest frames that are kept; older ones are read from the server when someone scrubs back. */
export const MAX_FRAMES = 600;
/** Warnings, errors and log lines that are kept, newest last; how many there were is counted beside them. */
export const MAX_WARNINGS = 200;
export const MAX_ERRORS = 100;
export const MAX_LOG = 400;
/** Columns of the timeline; a frame's detections count in the column of its place. */
export const TIMELINE_BINS = 512;

export type TransportName = "websocket" | "sse" | "sse_post" | "poll";

/** What was wrong with a way: it was refused, or brought nothing, or held back what it brought, or was cut again and again. */
export type Failing = "refused" | "mute" | "held" | "cut";

/** One enum, one setter (`RealtimeClient`): every change passes through it. */
export type ConnectionStatus =
  /** Not asked to connect. */
  | "IDLE"
  /** A transport is being tried. */
  | "CONNECTING"
  /** Data has come through: `hello` was read. */
  | "OPEN"
  /** Lost; the next attempt is planned at `retryAt`. */
  | "RECONNECTING"
  /** Given up for now; `error` says why. Armed again by `online`, by becoming visible, and once a minute. */
  | "CLOSED";

export interface ConnectionInfo {
  status: ConnectionStatus;
  /** What carries the stream; null before anything did. */
  transport: TransportName | null;
  /** Why it is not a WebSocket, where it is not. */
  fallback: Failing | null;
  /** Whether another tab of this browser holds the stream, and hands on what comes. */
  shared: boolean;
  /** The attempt to reconnect, 1 to 5; 0 while all is well. */
  attempt: number;
  /** When the next attempt begins (epoch milliseconds); null where none is planned. */
  retryAt: number | null;
  /** What a person should read, with its stable code; null while all is well. */
  error: { code: string; message: string; final: boolean } | null;
  /** Whether the browser says that it is offline. */
  offline: boolean;
}

/** `stopped`: the job ended before the tool had, and not by the tool's fault. */
export type PluginStatusName = "idle" | "started" | "running" | "completed" | "failed" | "stopped";

export interface PluginState {
  status: PluginStatusName;
  /** Each tool's status, by name. */
  tools: Record<string, PluginStatusName>;
  framesProcessed: number;
}

/** A tool's times on its frames, in milliseconds; `p95` over the last 200 frames. */
export interface TimingStats {
  count: number;
  mean: number;
  last: number;
  p95: number;
}

export interface WarningEntry {
  /** The message's cursor: unique, and stable over a reload. */
  id: string;
  plugin: string;
  message: string;
  severity: Severity;
  code: string | null;
  frameIndex: number | null;
  timestamp: string;
}

export interface ErrorEntry {
  id: string;
  plugin: string | null;
  message: string;
  code: string | null;
  timestamp: string;
}

/** One line of the log as a person reads it. Frames and progress are not among them. */
export interface LogEntry {
  id: string;
  timestamp: string;
  type: RealtimeMessage["type"];
  text: string;
}

export interface Timeline {
  /** Most detections of one frame in each column; `TIMELINE_BINS` long. */
  bins: readonly number[];
  /** Frames a column holds; doubles when the job turns out to be longer. */
  framesPerBin: number;
  /** The highest frame index seen; -1 before the first. */
  lastFrame: number;
}

export interface JobProgress {
  percent: number;
  stage: string | null;
  plugin: string | null;
  tool: string | null;
  framesDone: number | null;
  framesTotal: number | null;
  etaSeconds: number | null;
  /** When it last moved (epoch milliseconds, this browser's clock): a number that stopped moving says so. */
  movedAt: number;
}

export interface RealtimeState {
  jobId: string | null;
  /** Whether messages are coming in right now. */
  isConnected: boolean;
  connection: ConnectionInfo;
  transport: TransportName | null;

  status: JobStatusName | null;
  /** A terminal status is final: nothing changes the job's state after it. */
  ended: boolean;
  attempt: number;
  deviceRequested: string | null;
  deviceUsed: string | null;
  fallbackReason: string | null;

  progress: JobProgress | null;
  /** The newest frame. */
  currentFrame: FramePayload | null;
  /** The newest frame that has a picture (`image_url`): what is drawn, with its own boxes. */
  currentPicture: FramePayload | null;
  /** The newest `MAX_FRAMES` frames, oldest first. With several tools a frame index comes once a tool. */
  frames: readonly FramePayload[];
  timeline: Timeline;
  /** Whether any frame that came has tracks. */
  hasTracks: boolean;

  /** Milliseconds by plugin, as `plugin_status completed` says; while it runs, the sum of its frames' times. */
  pluginTimings: Record<string, number>;
  /** The same by `plugin.tool`; a plugin's time is that of its tools together. */
  toolTimings: Record<string, number>;
  /** By `plugin.tool`. Once the tool has completed, `count` and `mean` are of all its frames, seen here or not. */
  timingStats: Record<string, TimingStats>;
  pluginStatus: Record<string, PluginState>;
  pluginMetadata: Record<string, Record<string, unknown>>;

  warnings: readonly WarningEntry[];
  /** How many messages told of one, kept or not; by plugin. */
  warningsTold: Record<string, number>;
  /** How often each tool has warned, as it says at its end: of many of one kind only the first are told. */
  warningsOfTools: Record<string, number>;
  /** How many there were, told or not, as far as that is known; by plugin, and all together. */
  warningsByPlugin: Record<string, number>;
  warningsCount: number;
  errors: readonly ErrorEntry[];
  errorsCount: number;
  partialResult: unknown;
  log: readonly LogEntry[];

  /** The cursor of the last message that changed this state; what is not above it is passed over. */
  cursor: string | null;
  /** Messages that this connection was not sent and that have not been refilled yet, by type. */
  skipped: Record<string, number>;
}

/** A job as REST shows it at `cursor`: where the state begins after a load or a `reset`. */
export interface JobSnapshot {
  jobId: string;
  status: JobStatusName;
  attempt: number;
  deviceRequested: string;
  deviceUsed: string;
  fallbackReason: string | null;
  progress: number | null;
  stage: string | null;
  pluginTimings: Record<string, number> | null;
  error: ErrorPayload["details"] | null;
  cursor: string;
}

export type RealtimeAction =
  /** Forget everything and watch this job. */
  | { type: "WATCH"; jobId: string | null }
  /**
   * Where the state begins. `history` is what the log has of the job up to the snapshot's cursor, as far as it was
   * read; with it the state is built anew, so nothing is doubled. `now` (epoch milliseconds) goes with it.
   */
  | { type: "SNAPSHOT"; snapshot: JobSnapshot; history?: readonly RealtimeMessage[]; now?: number }
  /** Messages in the order in which they came; one dispatch a paint, however many came. */
  | { type: "MESSAGES"; messages: readonly RealtimeMessage[]; now: number }
  | { type: "CONNECTION"; connection: ConnectionInfo };
