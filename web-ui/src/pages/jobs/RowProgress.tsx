import type { ReactElement } from "react";

import { hasEnded, type JobSummary } from "../../api/jobs.ts";
import "./RowProgress.css";

/** A job's progress in one line, where a full bar would be too much. */
export function RowProgress({ job }: { job: Pick<JobSummary, "status" | "progress" | "attempt"> }): ReactElement {
  const percent = job.status === "done" ? 100 : (job.progress ?? 0);
  const isOver = hasEnded(job.status);
  return (
    <span className="row-progress" data-status={job.status}>
      <span className="row-progress__track" aria-hidden="true">
        <span className="row-progress__fill" style={{ transform: `scaleX(${percent / 100})` }} />
      </span>
      <span className="row-progress__text">
        {job.status === "queued" ? (job.attempt > 1 ? `waits, attempt ${job.attempt}` : "waits") : `${percent} %`}
        {isOver && job.status !== "done" && <span className="visually-hidden"> when it ended</span>}
      </span>
    </span>
  );
}
