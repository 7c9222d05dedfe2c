/**
 * Several messages of one job, folded into its state: one copy of every list, however many messages there are.
 *
 * It decides what counts (this job's, this attempt's, not seen before, not after the end); what a message then means
 * is a method a type.
 */
import { isAbove } from "./cursor.ts";
import { unknownJob } from "./initial_state.ts";
import { logText } from "./log_text.ts";
import { type FramePayload, hasTrack, type MessageOf, type RealtimeMessage } from "./messages.ts";
import { own, withEntry } from "./records.ts";
import {
  type ErrorEntry,
  type JobProgress,
  type LogEntry,
  MAX_ERRORS,
  MAX_FRAMES,
  MAX_LOG,
  MAX_WARNINGS,
  type PluginState,
  type PluginStatusName,
  type RealtimeState,
  type WarningEntry,
} from "./state.ts";
import { addToTimeline } from "./timeline.ts";
import { percentile95, pluginTotal, toolKey, withTiming } from "./timings.ts";

/** Stands for a plugin's own status where it names no tool. */
const WHOLE = "";

export class Batch {
  readonly #now: number;
  #state: RealtimeState;
  #frames: FramePayload[] = [];
  #warnings: WarningEntry[] = [];
  #errors: ErrorEntry[] = [];
  #log: LogEntry[] = [];

  constructor(state: RealtimeState, now: number) {
    this.#state = state;
    this.#now = now;
  }

  /** One more message, in the order in which it came. */
  take(message: RealtimeMessage): void {
    if (message.type === "gap") {
      this.#gap(message);
      return;
    }
    const { id, job_id: jobId, attempt } = message;
    if (id === undefined || jobId === undefined || jobId !== this.#state.jobId || this.#state.ended) return;
    if (!isAbove(id, this.#state.cursor)) return;
    if (attempt !== undefined && attempt < this.#state.attempt) return;
    if (attempt !== undefined && attempt > this.#state.attempt) this.#begin(attempt);
    this.#set({ cursor: id });
    this.#fold(message, id);
    const text = logText(message);
    if (text !== null) this.#log.push({ id, timestamp: message.timestamp, type: message.type, text });
  }

  /** The state after all that was taken; the same object where nothing counted. */
  finish(): RealtimeState {
    const before = this.#state;
    if (this.#frames.length > 0) this.#addFrames();
    if (this.#warnings.length > 0) this.#set({ warnings: tail(before.warnings, this.#warnings, MAX_WARNINGS) });
    if (this.#errors.length > 0) this.#set({ errors: tail(before.errors, this.#errors, MAX_ERRORS) });
    if (this.#log.length > 0) this.#set({ log: tail(before.log, this.#log, MAX_LOG) });
    return this.#state;
  }

  #set(change: Partial<RealtimeState>): void {
    this.#state = { ...this.#state, ...change };
  }

  /** A new attempt: what lower ones said is discarded. */
  #begin(attempt: number): void {
    const { jobId, cursor, skipped } = this.#state;
    this.#state = { ...unknownJob(jobId, this.#state), cursor, skipped, attempt };
    this.#frames = [];
    this.#warnings = [];
    this.#errors = [];
    this.#log = [];
  }

  #fold(message: RealtimeMessage, id: string): void {
    switch (message.type) {
      case "job_status":
        this.#jobStatus(message, id);
        break;
      case "progress":
        this.#progress(message);
        break;
      case "frame":
        this.#frame(message.payload);
        break;
      case "partial_result":
        this.#set({ partialResult: message.payload.result });
        break;
      case "plugin_status":
        this.#pluginStatus(message);
        break;
      case "metadata":
        this.#set({
          pluginMetadata: withEntry(this.#state.pluginMetadata, message.payload.plugin, message.payload.metadata),
        });
        break;
      case "warning":
        this.#warning(message, id);
        break;
      case "error":
        this.#error(id, message.timestamp, message.payload.plugin ?? null, {
          message: message.payload.error,
          code: message.payload.details?.error_code ?? null,
        });
        break;
      default:
        break;
    }
  }

  #jobStatus({ payload, timestamp }: MessageOf<"job_status">, id: string): void {
    const ended = payload.status === "done" || payload.status === "error" || payload.status === "cancelled";
    this.#set({
      status: payload.status,
      ended,
      deviceRequested: payload.device_requested,
      deviceUsed: payload.device_used,
      fallbackReason: payload.fallback_reason ?? null,
    });
    this.#move({ percent: payload.progress, ...(ended ? { etaSeconds: null } : {}) });
    const told = this.#errors.at(-1) ?? this.#state.errors.at(-1);
    if (ended && payload.status !== "done") this.#stopTools(payload.status === "error" ? (told?.plugin ?? null) : null);
    if (payload.error) {
      const { message, error_code: code } = payload.error;
      // What failed was said by an `error` message just before, in the same words.
      if (told?.message !== message) this.#error(id, timestamp, null, { message, code });
    }
  }

  #progress({ payload }: MessageOf<"progress">): void {
    this.#move({
      percent: payload.progress,
      stage: payload.stage ?? null,
      plugin: payload.plugin ?? null,
      tool: payload.tool ?? null,
      framesDone: payload.frames_done ?? null,
      framesTotal: payload.frames_total ?? null,
      etaSeconds: payload.eta_seconds ?? null,
    });
    const { plugin, tool, frames_done: framesDone } = payload;
    if (plugin != null && tool != null && framesDone != null) this.#countFrames(plugin, tool, framesDone);
  }

  /** A page that came late has not read all frames; how many there were, the progress says. */
  #countFrames(plugin: string, tool: string, framesDone: number): void {
    const key = toolKey(plugin, tool);
    const stats = own(this.#state.timingStats, key);
    const status = own(own(this.#state.pluginStatus, plugin)?.tools ?? {}, tool);
    if (stats === undefined || status === undefined || stats.count >= framesDone) return;
    this.#set({ timingStats: withEntry(this.#state.timingStats, key, { ...stats, count: framesDone }) });
    this.#tool(plugin, tool, status);
  }

  #move(change: Partial<JobProgress>): void {
    const before = this.#state.progress;
    const after = { ...NO_PROGRESS, ...before, ...change };
    const moved = before?.percent !== after.percent || before.framesDone !== after.framesDone || before.tool !== after.tool;
    this.#set({ progress: { ...after, movedAt: moved ? this.#now : after.movedAt } });
  }

  #frame(frame: FramePayload): void {
    const { plugin, tool, timing_ms: timingMs } = frame;
    const key = toolKey(plugin, tool);
    this.#frames.push(frame);
    this.#set({
      currentFrame: frame,
      currentPicture: frame.image_url ? frame : this.#state.currentPicture,
      timingStats: withEntry(this.#state.timingStats, key, withTiming(own(this.#state.timingStats, key), timingMs)),
    });
    this.#tool(plugin, tool, "running");
    this.#timing(plugin, tool, (own(this.#state.toolTimings, key) ?? 0) + timingMs);
  }

  #pluginStatus({ payload }: MessageOf<"plugin_status">): void {
    const { plugin, status, timing_ms: timingMs, frames_processed: frames, warnings_count: warned } = payload;
    const tool = payload.tool ?? WHOLE;
    const key = toolKey(plugin, tool);
    if (status === "completed" && timingMs != null && frames != null && frames > 0) {
      const seen = own(this.#state.timingStats, key);
      const mean = timingMs / frames;
      const stats = { count: frames, mean, last: seen?.last ?? mean, p95: seen?.p95 ?? mean };
      this.#set({ timingStats: withEntry(this.#state.timingStats, key, stats) });
    }
    if (timingMs != null) this.#timing(plugin, tool, timingMs);
    this.#tool(plugin, tool, status);
    if (warned != null) {
      this.#set({ warningsOfTools: withEntry(this.#state.warningsOfTools, key, warned) });
      this.#countWarnings(plugin);
    }
  }

  /** A tool's status, and what follows from it for its plugin's. */
  #tool(plugin: string, tool: string, status: PluginStatusName): void {
    const before = own(this.#state.pluginStatus, plugin);
    const tools = before && own(before.tools, tool) === status ? before.tools : withEntry(before?.tools ?? {}, tool, status);
    const framesProcessed = Object.keys(tools).reduce(
      (sum, name) => sum + (own(this.#state.timingStats, toolKey(plugin, name))?.count ?? 0),
      0,
    );
    const after: PluginState = { status: together(Object.values(tools)), tools, framesProcessed };
    this.#set({ pluginStatus: withEntry(this.#state.pluginStatus, plugin, after) });
  }

  /** The job has ended before its tools had: nothing runs any more. Only whom the error names has failed. */
  #stopTools(culprit: string | null): void {
    for (const [plugin, { tools }] of Object.entries(this.#state.pluginStatus)) {
      // Where one of its tools has said that it failed, the others did not.
      const status = plugin === culprit && !Object.values(tools).includes("failed") ? "failed" : "stopped";
      for (const [tool, now] of Object.entries(tools)) {
        if (now === "running" || now === "started") this.#tool(plugin, tool, status);
      }
    }
  }

  #timing(plugin: string, tool: string, timingMs: number): void {
    const toolTimings = withEntry(this.#state.toolTimings, toolKey(plugin, tool), timingMs);
    const tools = new Set([...Object.keys(own(this.#state.pluginStatus, plugin)?.tools ?? {}), tool]);
    const pluginTimings = withEntry(this.#state.pluginTimings, plugin, pluginTotal(toolTimings, plugin, tools));
    this.#set({ toolTimings, pluginTimings });
  }

  #warning({ payload, timestamp }: MessageOf<"warning">, id: string): void {
    const { plugin, message, severity, code, frame_id: frameId } = payload;
    this.#warnings.push({ id, plugin, message, severity, code: code ?? null, frameIndex: indexIn(frameId), timestamp });
    const { warningsTold } = this.#state;
    this.#set({ warningsTold: withEntry(warningsTold, plugin, (own(warningsTold, plugin) ?? 0) + 1) });
    this.#countWarnings(plugin);
  }

  /** As its tools say once they have ended; until then, and of what they do not say, as many as were told. */
  #countWarnings(plugin: string): void {
    const { warningsTold, warningsOfTools, pluginStatus } = this.#state;
    const tools = Object.keys(own(pluginStatus, plugin)?.tools ?? {});
    const said = tools.map((tool) => own(warningsOfTools, toolKey(plugin, tool)) ?? null);
    const sum = said.reduce<number>((all, count) => all + (count ?? 0), 0);
    const isWhole = said.length > 0 && !said.includes(null);
    const count = isWhole ? sum : Math.max(sum, own(warningsTold, plugin) ?? 0);
    const warningsByPlugin = withEntry(this.#state.warningsByPlugin, plugin, count);
    this.#set({ warningsByPlugin, warningsCount: Object.values(warningsByPlugin).reduce((all, one) => all + one, 0) });
  }

  #error(id: string, timestamp: string, plugin: string | null, what: Pick<ErrorEntry, "message" | "code">): void {
    this.#errors.push({ id, timestamp, plugin, ...what });
    this.#set({ errorsCount: this.#state.errorsCount + 1 });
  }

  #gap({ payload }: MessageOf<"gap">): void {
    let { skipped } = this.#state;
    for (const [type, count] of Object.entries(payload.dropped)) {
      skipped = withEntry(skipped, type, (own(skipped, type) ?? 0) + count);
    }
    this.#set({ skipped });
  }

  #addFrames(): void {
    const frames = tail(this.#state.frames, this.#frames, MAX_FRAMES);
    const found = this.#frames.map(({ frame_index: frameIndex, data }) => ({ frameIndex, detections: data.boxes.length }));
    let { timingStats } = this.#state;
    for (const key of new Set(this.#frames.map(({ plugin, tool }) => toolKey(plugin, tool)))) {
      const stats = own(timingStats, key);
      if (stats) timingStats = withEntry(timingStats, key, { ...stats, p95: percentile95(frames, key) ?? stats.p95 });
    }
    const hasTracks = this.#state.hasTracks || this.#frames.some(({ data }) => hasTrack(data));
    this.#set({ frames, timingStats, hasTracks, timeline: addToTimeline(this.#state.timeline, found) });
  }
}

const NO_PROGRESS: JobProgress = {
  percent: 0,
  stage: null,
  plugin: null,
  tool: null,
  framesDone: null,
  framesTotal: null,
  etaSeconds: null,
  movedAt: 0,
};

/** The newest entries of both lists, `older` first. */
function tail<T>(older: readonly T[], newer: readonly T[], max: number): readonly T[] {
  if (newer.length >= max) return newer.slice(-max);
  return [...older.slice(Math.max(0, older.length + newer.length - max)), ...newer];
}

/** A plugin's status from those of its tools. */
function together(tools: readonly PluginStatusName[]): PluginStatusName {
  if (tools.includes("failed")) return "failed";
  if (tools.includes("running")) return "running";
  if (tools.includes("started")) return "started";
  if (tools.includes("stopped")) return "stopped";
  return tools.length > 0 ? "completed" : "idle";
}

/** The frame that a `frame_id` such as `JOB:16` names. */
function indexIn(frameId: string | null | undefined): number | null {
  const digits = /:(\d{1,15})$/.exec(frameId ?? "")?.[1];
  return digits === undefined ? null : Number(digits);
}
