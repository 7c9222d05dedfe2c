/** Jobs over REST: lists, one job, and what can be done with them. What moves while one looks comes by the stream. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import type { JobSnapshot } from "../realtime/state.ts";
import { api, contentOf, type Schemas } from "./client.ts";
import { newKey } from "./idempotency.ts";

export type JobSummary = Schemas["JobSummary"];
export type JobList = Schemas["JobList"];
/** A job without its frames: those are read by pages. */
export type JobDetails = Omit<Schemas["ExtendedJobResponse"], "frames">;
export type JobStatus = JobSummary["status"];

export const STATUSES = ["queued", "running", "done", "error", "cancelled"] as const satisfies readonly JobStatus[];
const ENDED: ReadonlySet<JobStatus> = new Set(["done", "error", "cancelled"]);

/** Whether nothing about the job follows. */
export function hasEnded(status: JobStatus): boolean {
  return ENDED.has(status);
}

/** Which jobs, and which page of them; `after` is the `next_after` of the page before. */
export interface JobQuery {
  status?: JobStatus;
  plugin?: string;
  q?: string;
  sort?: "created_at" | "-created_at";
  after?: string;
  limit?: number;
}

/** What the query keys of all lists begin with: they are patched there while messages come in. */
export const JOBS_KEY = ["jobs"] as const;

function jobsKey(query: JobQuery): readonly [string, JobQuery] {
  return [JOBS_KEY[0], query];
}

/** Pages that are read at once while nothing is on them: a search ends a page after so many jobs that do not match. */
const EMPTY_PAGES = 20;

/** The first page from there on that has a job on it, or the last of some empty ones; throws an `ApiProblem`. */
async function readJobs(query: JobQuery, signal: AbortSignal): Promise<JobList> {
  let list = await contentOf(api.GET("/v1/jobs", { params: { query }, signal }));
  for (let page = 1; page < EMPTY_PAGES && list.jobs.length === 0 && list.next_after !== null; page++) {
    const further = { ...query, after: list.next_after };
    list = await contentOf(api.GET("/v1/jobs", { params: { query: further }, signal }));
  }
  return list;
}

/** A page of jobs; the page before stays while the next one is read. */
export function useJobs(query: JobQuery, options: { refetchMs: number | false }) {
  return useQuery({
    queryKey: jobsKey(query),
    queryFn: ({ signal }) => readJobs(query, signal),
    placeholderData: keepPreviousData,
    refetchInterval: options.refetchMs,
  });
}

async function readJob(jobId: string, signal: AbortSignal): Promise<JobDetails> {
  const params = { path: { job_id: jobId }, query: { frames: false } };
  return contentOf(api.GET("/v1/jobs/{job_id}/extended", { params, signal }));
}

/** How a job stands; `gone` where it is not there any more, null where that could not be read. */
export async function jobStanding(jobId: string): Promise<JobStatus | "gone" | null> {
  const params = { path: { job_id: jobId }, query: { frames: false } };
  const { data, response } = await api.GET("/v1/jobs/{job_id}/extended", { params }).catch(() => ({ data: undefined, response: null }));
  return data?.status ?? (response?.status === 404 ? "gone" : null);
}

/** A job of a list as it is now; throws an `ApiProblem`. */
export async function readSummary(job: JobSummary, signal: AbortSignal): Promise<JobSummary> {
  const { status, progress, stage, attempt, error, finished_at } = await readJob(job.job_id, signal);
  return { ...job, status, progress: progress ?? job.progress, stage, attempt: attempt ?? job.attempt, error, finished_at };
}

/** One job without its frames. */
export function useJob(jobId: string | null) {
  return useQuery({
    queryKey: ["job", jobId],
    queryFn: ({ signal }) => readJob(jobId ?? "", signal),
    enabled: jobId !== null,
  });
}

/** Where the live state of a job begins; throws an `ApiProblem`. */
export async function readSnapshot(jobId: string, signal: AbortSignal): Promise<JobSnapshot> {
  const job = await readJob(jobId, signal);
  return {
    jobId: job.job_id,
    status: job.status,
    attempt: job.attempt ?? 1,
    deviceRequested: job.device_requested,
    deviceUsed: job.device_used,
    fallbackReason: job.fallback_reason,
    progress: job.progress,
    stage: job.stage,
    pluginTimings: job.plugin_timings,
    error: job.error,
    cursor: job.cursor ?? "",
  };
}

export type JobAction = "cancel" | "retry" | "purge";
export type JobOutcome = Schemas["JobOutcome"];

async function act(action: JobAction, jobIds: readonly string[]): Promise<readonly JobOutcome[]> {
  const body = { job_ids: [...jobIds] };
  switch (action) {
    case "cancel":
      return (await contentOf(api.POST("/v1/jobs/cancel", { body }))).outcomes;
    case "retry": {
      const params = { header: { "Idempotency-Key": newKey() } };
      return (await contentOf(api.POST("/v1/jobs/retry", { body, params }))).outcomes;
    }
    case "purge":
      return (await contentOf(api.POST("/v1/jobs/purge", { body }))).outcomes;
  }
}

/** Does something with some jobs; each has its own outcome. The lists are read again afterwards, however it ended. */
export function useJobAction() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ action, jobIds }: { action: JobAction; jobIds: readonly string[] }) => act(action, jobIds),
    onSettled: async () => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: JOBS_KEY }),
        queries.invalidateQueries({ queryKey: ["job"] }),
      ]);
    },
  });
}

/** Submits the bundled sample; the same key makes no second job. Throws an `ApiProblem`. */
export async function submitDemo(key: string): Promise<string> {
  const params = { header: { "Idempotency-Key": key } };
  return (await contentOf(api.POST("/v1/demo", { params }))).job_id;
}
