import type { ReactElement } from "react";
import { Link } from "wouter";

import { type JobSummary, useJobs } from "../../api/jobs.ts";
import { wordsFor } from "../../api/problems.ts";
import { Button } from "../../components/Button.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { ErrorState } from "../../components/ErrorState.tsx";
import { Skeleton } from "../../components/Skeleton.tsx";
import { StatusBadge } from "../../components/StatusBadge.tsx";
import { useLiveJobs } from "../jobs/useLiveJobs.ts";
import { jobName } from "../jobs/names.ts";
import { RowProgress } from "../jobs/RowProgress.tsx";
import "./RunningNow.css";

/** How many of each are shown; the list has all. */
const SHOWN = 6;

function Row({ job }: { job: JobSummary }): ReactElement {
  return (
    <li>
      <Link href={`/jobs/${job.job_id}`} className="running-now__job">
        <span className="running-now__name">{jobName(job)}</span>
        <StatusBadge status={job.status} />
        <span className="running-now__plugin">{job.plugin}</span>
        <RowProgress job={job} />
      </Link>
    </li>
  );
}

function Content(): ReactElement {
  const { refetchMs } = useLiveJobs();
  const running = useJobs({ status: "running", limit: SHOWN }, { refetchMs });
  const queued = useJobs({ status: "queued", sort: "created_at", limit: SHOWN }, { refetchMs });
  if (running.data === undefined || queued.data === undefined) {
    const failure = running.error ?? queued.error;
    if (failure !== null) {
      const words = wordsFor(failure, "read");
      const retry = (
        <Button
          onClick={() => {
            void running.refetch();
            void queued.refetch();
          }}
        >
          Try again
        </Button>
      );
      return <ErrorState title={words.title} safe={words.what} next={words.next} action={retry} />;
    }
    return (
      <div role="status">
        <span className="visually-hidden">Loading what runs</span>
        <Skeleton height="3.5rem" />
      </div>
    );
  }
  const seen = new Set<string>();
  const jobs = [...running.data.jobs, ...queued.data.jobs]
    .filter(({ job_id: jobId }) => {
      if (seen.has(jobId)) return false;
      seen.add(jobId);
      return true;
    })
    // One that waited when the lists were read may run by now; of those that wait, the oldest is next.
    .sort((one, other) => Number(one.status === "queued") - Number(other.status === "queued"));
  if (jobs.length === 0) {
    return (
      <EmptyState title="Nothing runs" action={<Link href="/demo">Watch the demo</Link>}>
        What you send is shown here and on its own page while it works.
      </EmptyState>
    );
  }
  const more = running.data.next_after !== null || queued.data.next_after !== null;
  return (
    <>
      <ul className="running-now__list">
        {jobs.map((job) => (
          <Row key={job.job_id} job={job} />
        ))}
      </ul>
      {more && (
        <p className="running-now__more">
          There are more: <Link href="/jobs?status=queued">see all that wait</Link>
        </p>
      )}
    </>
  );
}

/** What runs and waits at this moment. */
export function RunningNow(): ReactElement {
  return (
    <aside className="running-now" aria-labelledby="running-now-title">
      <h2 id="running-now-title" className="running-now__title">
        Running and waiting
      </h2>
      <Content />
    </aside>
  );
}
