import { type ReactElement, type ReactNode, useEffect } from "react";
import { useLocation } from "wouter";

import { downloadsOf } from "../../api/downloads.ts";
import { hasEnded, type JobDetails, readSnapshot } from "../../api/jobs.ts";
import { useRecording } from "../../api/recording.ts";
import { rootPath } from "../../api/root.ts";
import { Menu, type MenuItem } from "../../components/Menu.tsx";
import { RealtimeOverlay } from "../../components/RealtimeOverlay.tsx";
import type { RealtimeClient } from "../../realtime/RealtimeClient.ts";
import { RealtimeProvider } from "../../realtime/RealtimeContext.tsx";
import { useRealtime } from "../../realtime/useRealtime.ts";
import { jobName, shortId } from "../jobs/names.ts";
import { useJobActions } from "../jobs/useJobActions.tsx";
import { taken, waitFor } from "../notices/waited.ts";
import { JobNews } from "./JobNews.tsx";
import { useJobTitle } from "./useJobTitle.ts";
import "./WatchedJob.css";

export interface WatchedJobProps {
  jobId: string;
  /** What REST says of it; undefined while that is read. */
  job: JobDetails | undefined;
  /** What stands above it. */
  above?: (ended: boolean) => ReactNode;
  /** Another run, where that is not a job of the same form. */
  onRunAgain?: () => void;
  /** Makes its client, where that is not the usual one; its connection outlasts the job then. */
  createClient?: () => RealtimeClient;
}

function Overlay({ jobId, job, above, onRunAgain }: WatchedJobProps): ReactElement {
  const [, navigate] = useLocation();
  const status = useRealtime((state) => state.status);
  const attempt = useRealtime((state) => state.attempt);
  const ended = useRealtime((state) => state.ended);
  // REST may know first; an end is final, whoever tells of it.
  const over = ended || (job !== undefined && hasEnded(job.status));
  const recording = useRecording(jobId, attempt, job?.input_type ?? null, over);
  const jobActions = useJobActions((action, [outcome]) => {
    if (outcome?.ok !== true) return;
    if (action === "purge") navigate("/jobs");
    else if (outcome.new_job_id !== null) navigate(`/jobs/${outcome.new_job_id}`);
  });

  const name = job === undefined ? "Job" : jobName(job);
  useJobTitle(name);
  const isKnown = job !== undefined;
  useEffect(() => {
    if (!isKnown) return;
    if (!over) waitFor({ kind: "job", id: jobId, name });
    // Whoever looks at its end need not be told of it.
    else if (!document.hidden) void taken(jobId);
  }, [isKnown, over, jobId, name]);
  const subject = { job_id: jobId, status: status ?? "queued", input_name: name };
  const runAgain = onRunAgain ?? (() => jobActions.ask("retry", [subject]));
  const changes: MenuItem[] = ended
    ? [
        { kind: "action", label: "Run again", onSelect: runAgain },
        { kind: "action", label: "Delete…", danger: true, onSelect: () => jobActions.ask("purge", [subject]) },
      ]
    : [{ kind: "action", label: "Cancel…", danger: true, onSelect: () => jobActions.ask("cancel", [subject]) }];
  const items: MenuItem[] = [
    ...downloadsOf(jobId).map(({ label, url }) => ({ kind: "link", label, href: url, download: true }) as const),
    { kind: "separator" },
    ...changes,
  ];
  return (
    <>
      {above?.(ended)}
      <RealtimeOverlay
        isVisible
        title={
          <>
            <h1>{name}</h1>
            {job?.created_at != null && (
              <p className="watched-job__which" title={jobId}>
                {`…${shortId(jobId)}, `}
                <time dateTime={job.created_at}>{moment(job.created_at)}</time>
              </p>
            )}
          </>
        }
        closeLabel="Back to jobs"
        onClose={() => navigate("/jobs")}
        recording={recording ?? undefined}
        onRunAgain={runAgain}
        isStarting={jobActions.isBusy}
        keysAreTold
        actions={status !== null && <Menu label="Downloads and more" items={items} />}
      />
      <JobNews />
      <p className="watched-job__notice" role="status">
        {jobActions.notice}
      </p>
      {jobActions.dialog}
    </>
  );
}

/** When a job was submitted: today's by the time alone. */
function moment(timestamp: string): string {
  const [then, now] = [new Date(timestamp), new Date()];
  const time = then.toLocaleTimeString("en-GB");
  return then.toDateString() === now.toDateString() ? time : `${then.toLocaleDateString("en-GB")} ${time}`;
}

/** One job: its work while it happens, and all of it afterwards. */
export function WatchedJob(props: WatchedJobProps): ReactElement {
  return (
    <RealtimeProvider
      jobId={props.jobId}
      root={rootPath}
      readSnapshot={readSnapshot}
      createClient={props.createClient}
      stays={props.createClient !== undefined}
    >
      <Overlay {...props} />
    </RealtimeProvider>
  );
}
