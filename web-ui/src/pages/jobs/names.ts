/** What a job is called. */

/** How much of an id tells it from its neighbours: ids begin with their time, and end at random. */
const ID_END = 8;

/** The end of an id, for a place where there is no room for all of it. */
export function shortId(jobId: string): string {
  return jobId.slice(-ID_END);
}

/** The input's name, or what stands for it. */
export function jobName(job: { input_name?: string | null; job_id: string }): string {
  return job.input_name ?? `Job ${shortId(job.job_id)}`;
}
