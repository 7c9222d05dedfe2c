import { memo, type ReactElement, useEffect, useState } from "react";
import { Link } from "wouter";

import { hasEnded, type JobSummary } from "../../api/jobs.ts";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import { StatusBadge } from "../../components/StatusBadge.tsx";
import { jobName } from "../jobs/names.ts";
import type { NewestFrames } from "./newest_frames.ts";
import { WallPicture } from "./WallPicture.tsx";

const RATE_EVERY_MS = 1_000;

/** How fast a job goes, in words; empty where that is not known. */
function useRate(jobId: string, frames: NewestFrames, running: boolean): string {
  const [rate, setRate] = useState<number | null>(null);
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setRate(frames.rate(jobId, performance.now())), RATE_EVERY_MS);
    return () => clearInterval(timer);
  }, [jobId, frames, running]);
  if (!running || rate === null) return "";
  return rate >= 9.95 ? `${Math.round(rate)} frames/s` : `${rate.toFixed(1)} frames/s`;
}

/** One job on the wall; all of it leads to the job. */
export const WallTile = memo(function WallTile({ job, frames }: { job: JobSummary; frames: NewestFrames }): ReactElement {
  const ended = hasEnded(job.status);
  const rate = useRate(job.job_id, frames, !ended);
  const progress = job.progress ?? 0;
  return (
    <li className="wall-tile" data-status={job.status}>
      <div className="wall-tile__stage">
        <WallPicture jobId={job.job_id} frames={frames}>
          <p className="wall-tile__instead">{ended ? "No frame was shown while this page was open" : "Its next frame is shown here"}</p>
        </WallPicture>
      </div>
      <div className="wall-tile__about">
        <Link href={`/jobs/${job.job_id}`} className="wall-tile__name" data-job={job.job_id} title={jobName(job)}>
          {jobName(job)}
        </Link>
        <span className="wall-tile__percent" aria-hidden="true">{`${progress} %`}</span>
        <span className="wall-tile__standing">
          <StatusBadge status={job.status} />
          <span className="wall-tile__plugin">{job.plugin}</span>
          <span className="wall-tile__rate">{rate}</span>
          {job.warnings_count > 0 && (
            <span className="wall-tile__warnings">{job.warnings_count === 1 ? "1 warning" : `${job.warnings_count} warnings`}</span>
          )}
        </span>
        <div className="wall-tile__bar">
          <ProgressBar progress={progress} ended={ended} />
        </div>
      </div>
    </li>
  );
});
