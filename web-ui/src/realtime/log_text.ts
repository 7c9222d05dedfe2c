/** A message as one line that a person reads. */
import type { MessageOf, RealtimeMessage } from "./messages.ts";

/** The line; null for what has no place in a log that people read, such as frames. */
export function logText(message: RealtimeMessage): string | null {
  switch (message.type) {
    case "job_status":
      return statusText(message);
    case "plugin_status":
      return pluginText(message);
    case "metadata": {
      const { plugin, metadata } = message.payload;
      return [plugin, metadata.version, metadata.model].filter((part) => typeof part === "string").join(" ");
    }
    case "partial_result":
      return `${message.payload.plugin} shows a first result`;
    case "warning":
      return `${message.payload.plugin}: ${message.payload.message}`;
    case "error":
      return message.payload.plugin ? `${message.payload.plugin}: ${message.payload.error}` : message.payload.error;
    default:
      return null;
  }
}

function statusText({ payload, attempt = 1 }: MessageOf<"job_status">): string {
  switch (payload.status) {
    case "queued":
      return attempt > 1 ? `Queued again: attempt ${attempt}` : "Queued";
    case "running":
      return `Running on the ${payload.device_used === "gpu" ? "GPU" : "CPU"}`;
    case "done":
      return "Done";
    case "error":
      return payload.error ? `Failed: ${payload.error.message}` : "Failed";
    case "cancelled":
      return "Cancelled";
  }
}

function pluginText({ payload }: MessageOf<"plugin_status">): string {
  const name = payload.tool ? `${payload.plugin}, ${payload.tool}` : payload.plugin;
  if (payload.status === "running") return `${name}: running`;
  if (payload.status !== "completed") return `${name}: ${payload.status}`;
  const facts = [
    payload.frames_processed == null ? null : frames(payload.frames_processed),
    payload.timing_ms == null ? null : duration(payload.timing_ms),
  ].filter((fact) => fact !== null);
  return facts.length > 0 ? `${name}: completed (${facts.join(", ")})` : `${name}: completed`;
}

function frames(count: number): string {
  return count === 1 ? "1 frame" : `${count} frames`;
}

function duration(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(1)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
