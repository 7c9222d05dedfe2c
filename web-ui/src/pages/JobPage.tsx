import type { ReactElement } from "react";
import { Link } from "wouter";

import { useJob } from "../api/jobs.ts";
import { asProblem } from "../api/problems.ts";
import { WatchedJob } from "./job/WatchedJob.tsx";
import "./JobPage.css";
import { useTitle } from "./page.ts";

/** A job that is not there, or no longer. */
function MissingJob({ error }: { error: unknown }): ReactElement {
  useTitle("Not here");
  return (
    <main id="content" className="missing-job" tabIndex={-1}>
      <h1>This job is not here</h1>
      <p role="alert">It may have been deleted, or its address is cut off. Other jobs are where they were.</p>
      <code>{asProblem(error).code}</code>
      <p>
        <Link href="/jobs">All jobs</Link>
      </p>
    </main>
  );
}

/** The job that the address names. */
export function JobPage({ jobId }: { jobId: string }): ReactElement {
  const job = useJob(jobId);
  if (job.error !== null && asProblem(job.error).status === 404) return <MissingJob error={job.error} />;
  return (
    <main id="content" className="job-page" tabIndex={-1}>
      <WatchedJob jobId={jobId} job={job.data} />
    </main>
  );
}
