/** A list of jobs and the messages that came since: rows change in place, and only forward. */
import type { MessageOf, RealtimeMessage } from "../realtime/messages.ts";
import { hasEnded, type JobList, type JobSummary } from "./jobs.ts";

export interface Patched {
  list: JobList;
  /** A message spoke of a job that is not in the list. */
  strangers: boolean;
  /** A job's status changed: it may belong into another list now. */
  moved: boolean;
}

function afterStatus(row: JobSummary, message: MessageOf<"job_status">): JobSummary {
  const { status, device_used, fallback, progress, error } = message.payload;
  return {
    ...row,
    status,
    device_used,
    fallback,
    progress,
    attempt: message.attempt ?? row.attempt,
    error: error ? { ...error, fallback: error.fallback ?? null, frame_index: error.frame_index ?? null } : null,
    started_at: status === "running" ? (row.started_at ?? message.timestamp) : row.started_at,
    finished_at: hasEnded(status) ? message.timestamp : row.finished_at,
  };
}

/** The row after one message. An ended job stays as it ended, and an older attempt has nothing to say any more. */
export function after(row: JobSummary, message: RealtimeMessage): JobSummary {
  const attempt = message.attempt ?? row.attempt;
  if (hasEnded(row.status) || attempt < row.attempt) return row;
  switch (message.type) {
    case "job_status":
      // The list may have been read after this was said, and knows then how far the job is.
      return attempt === row.attempt && row.status === "running" && !hasEnded(message.payload.status)
        ? row
        : afterStatus(row, message);
    case "progress": {
      const { progress, stage } = message.payload;
      if (attempt === row.attempt && progress < (row.progress ?? 0)) return row;
      return { ...row, attempt, progress, stage: stage ?? row.stage };
    }
    case "warning":
      return { ...row, warnings_count: row.warnings_count + 1 };
    default:
      return row;
  }
}

/** The list after these messages, in their order; the same object where nothing in it changed. */
export function patched(list: JobList, messages: readonly RealtimeMessage[]): Patched {
  const places = new Map(list.jobs.map((job, place) => [job.job_id, place]));
  const jobs = [...list.jobs];
  let changed = false;
  let strangers = false;
  let moved = false;
  for (const message of messages) {
    const place = message.job_id === undefined ? undefined : places.get(message.job_id);
    const row = place === undefined ? undefined : jobs[place];
    if (place === undefined || row === undefined) {
      strangers ||= message.type === "job_status";
      continue;
    }
    const next = after(row, message);
    if (next === row) continue;
    changed = true;
    moved ||= next.status !== row.status;
    jobs[place] = next;
  }
  return { list: changed ? { ...list, jobs } : list, strangers, moved };
}
