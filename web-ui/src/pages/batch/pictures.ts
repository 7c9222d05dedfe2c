/** Which small picture a job has in a list, by what is known of it: none is asked for that can't be there. */
import { thumbnailUrl } from "../../api/downloads.ts";
import type { JobSummary } from "../../api/jobs.ts";

export type InputKind = "image" | "video" | "unknown";

/** The worker has opened the input and begins. A picture is there then; a video's comes with its first frame. */
const OPENED = "starting";
/** A video's picture is read anew each time it has come so many per cent further: ten times, however long it is. */
const STEP_PERCENT = 10;

/** What the server found the input to be. */
export function kindOf(job: Pick<JobSummary, "input_type"> | null): InputKind {
  if (job?.input_type.startsWith("image/")) return "image";
  return job?.input_type.startsWith("video/") ? "video" : "unknown";
}

/** Where the job's picture is; null while there is none. It changes where there is a later one. */
export function pictureOf(job: JobSummary | null): string | null {
  if (job === null) return null;
  const { job_id: jobId, status, stage, progress } = job;
  if (status === "done") return thumbnailUrl(jobId);
  if (stage === null) return null;
  if (kindOf(job) === "image") return thumbnailUrl(jobId);
  if (stage === OPENED) return null;
  return status === "running" ? thumbnailUrl(jobId, Math.floor((progress ?? 0) / STEP_PERCENT)) : thumbnailUrl(jobId);
}
