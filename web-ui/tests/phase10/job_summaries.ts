/** Jobs as lists show them, for specs of what is done with them. */
import type { JobStatus, JobSummary } from "../../src/api/jobs.ts";

export const NOW = "2026-03-14T09:00:00.000Z";

/** A picture's job of batch `b`, of which nothing more was said than its status. */
export function summaryOf(jobId: string, status: JobStatus, rest: Partial<JobSummary> = {}): JobSummary {
  return {
    job_id: jobId,
    status,
    plugin: "motion",
    tools: ["motion"],
    input_name: `${jobId}.png`,
    input_type: "image/png",
    input_bytes: 10,
    device_requested: "cpu",
    device_used: "cpu",
    fallback: false,
    priority: "normal",
    batch_id: "b",
    retry_of: null,
    progress: 0,
    stage: null,
    attempt: 1,
    warnings_count: 0,
    error: null,
    created_at: NOW,
    started_at: null,
    finished_at: null,
    ...rest,
  };
}
