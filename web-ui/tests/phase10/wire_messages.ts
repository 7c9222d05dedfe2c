/** Messages of one job as the wire carries them, numbered by hand. */
import type { FramePayload, MessageOf, MessageType, PayloadOf } from "../../src/realtime/messages.ts";

export const JOB = "019a2f6c-7d1e-7c3a-9b52-4e8f0a6d1c37";

export interface Place {
  jobId?: string;
  attempt?: number;
  epoch?: string;
}

export function message<T extends MessageType>(
  type: T,
  seq: number,
  payload: PayloadOf<T>,
  { jobId = JOB, attempt = 1, epoch = "e" }: Place = {},
): MessageOf<T> {
  const timestamp = new Date(Date.UTC(2026, 2, 14, 9, 0, 0, seq % 1_000)).toISOString();
  return { type, payload, timestamp, id: `${epoch}-${seq}`, job_id: jobId, attempt };
}

export function progress(seq: number, percent: number, place?: Place, more: Partial<PayloadOf<"progress">> = {}) {
  return message("progress", seq, { job_id: place?.jobId ?? JOB, progress: percent, ...more }, place);
}

export function status(seq: number, name: PayloadOf<"job_status">["status"], place?: Place, more: Partial<PayloadOf<"job_status">> = {}) {
  const payload = { status: name, device_requested: "cpu", device_used: "cpu", fallback: false, progress: 0, ...more };
  return message("job_status", seq, payload, place);
}

export function warning(seq: number, text: string, place?: Place, more: Partial<PayloadOf<"warning">> = {}) {
  return message("warning", seq, { plugin: "motion", message: text, severity: "low", ...more }, place);
}

export function frame(seq: number, index: number, place?: Place, more: Partial<FramePayload> = {}) {
  const data = { frame_index: index, timestamp_ms: index * 40, boxes: [{ x1: 1, y1: 2, x2: 30, y2: 40 }], scores: [0.9], labels: ["moving"] };
  const frame_id = `${place?.jobId ?? JOB}:${index}`;
  const payload = { frame_id, frame_index: index, plugin: "motion", tool: "regions", data, device_used: "cpu", timing_ms: 5, ...more };
  return message("frame", seq, payload, place);
}
