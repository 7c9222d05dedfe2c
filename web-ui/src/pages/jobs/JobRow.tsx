import type { ReactElement } from "react";
import { Link } from "wouter";

import { hasEnded, type JobAction, type JobSummary } from "../../api/jobs.ts";
import { WarningIcon } from "../../components/icons.tsx";
import { Menu, type MenuItem } from "../../components/Menu.tsx";
import { StatusBadge } from "../../components/StatusBadge.tsx";
import { spent } from "../../components/times.ts";
import type { Column } from "../preferences.ts";
import { ago, counted } from "../quantities.ts";
import { jobName, shortId } from "./names.ts";
import { RowProgress } from "./RowProgress.tsx";
import { useNow } from "./useNow.ts";

export interface JobRowProps {
  job: JobSummary;
  columns: Readonly<Record<Column, boolean>>;
  selected: boolean;
  onSelect: (selected: boolean) => void;
  onAction: (action: JobAction) => void;
}

function itemsFor(job: JobSummary, onAction: (action: JobAction) => void): readonly MenuItem[] {
  const act = (action: JobAction) => () => {
    onAction(action);
  };
  return hasEnded(job.status)
    ? [
        { kind: "action", label: "Run again", onSelect: act("retry") },
        { kind: "separator" },
        { kind: "action", label: "Delete…", onSelect: act("purge"), danger: true },
      ]
    : [{ kind: "action", label: "Cancel…", onSelect: act("cancel"), danger: true }];
}

function took(job: JobSummary, now: number): string {
  if (job.started_at === null) return "";
  const end = job.finished_at === null ? now : Date.parse(job.finished_at);
  const milliseconds = Math.max(0, end - Date.parse(job.started_at));
  // A running one counts in whole seconds: tenths would only flicker.
  return job.finished_at === null ? spent(Math.floor(milliseconds / 1000) * 1000).replace(".0", "") : spent(milliseconds);
}

/** A tool that warns often is told of in part only: more than these were there then, and the job's page says how many. */
const WARNINGS_TOLD = 10;

function warned(told: number): string {
  return told > WARNINGS_TOLD ? `over ${WARNINGS_TOLD} warnings` : counted(told, "warning");
}

/** What is noteworthy about a job, in a few words. */
function remark(job: JobSummary): string | null {
  if (job.error !== null) return job.error.message;
  if (job.status === "running" && job.stage !== null) return job.stage;
  return null;
}

/** A job in the list. */
export function JobRow({ job, columns, selected, onSelect, onAction }: JobRowProps): ReactElement {
  const now = useNow();
  const name = jobName(job);
  const said = remark(job);
  return (
    <tr className="jobs-table__row" data-selected={selected ? "" : undefined}>
      <td className="jobs-table__select">
        <label>
          <input
            type="checkbox"
            aria-label={`Select ${name}`}
            checked={selected}
            onChange={(event) => {
              onSelect(event.target.checked);
            }}
          />
        </label>
      </td>
      <td className="jobs-table__status">
        <StatusBadge status={job.status} />
      </td>
      <th scope="row" className="jobs-table__name">
        <Link href={`/jobs/${job.job_id}`} data-job={job.job_id}>
          {name}
        </Link>
        <span className="jobs-table__sub">
          <span className="jobs-table__about">{job.plugin}</span>
          <code title={job.job_id}>{shortId(job.job_id)}</code>
          {job.warnings_count > 0 && (
            <span className="jobs-table__warnings">
              <WarningIcon />
              {warned(job.warnings_count)}
            </span>
          )}
          {said !== null && (
            <span className="jobs-table__remark" data-error={job.error === null ? undefined : ""} title={said}>
              {said}
            </span>
          )}
        </span>
      </th>
      <td className="jobs-table__progress">
        <RowProgress job={job} />
      </td>
      {columns.plugin && (
        <td className="jobs-table__plugin">
          {job.plugin}
          <span className="jobs-table__sub">{job.tools.join(", ")}</span>
        </td>
      )}
      {columns.device && (
        <td className="jobs-table__device">
          {job.device_used}
          {job.fallback && <span className="jobs-table__sub">{job.device_requested} was asked for</span>}
        </td>
      )}
      {columns.created && (
        <td className="jobs-table__created">
          <time dateTime={job.created_at} title={new Date(job.created_at).toLocaleString("en-GB")}>
            {ago(now - Date.parse(job.created_at))}
          </time>
        </td>
      )}
      {columns.took && <td className="jobs-table__took">{took(job, now)}</td>}
      <td className="jobs-table__menu">
        <Menu label={`What to do with ${name}`} items={itemsFor(job, onAction)} />
      </td>
    </tr>
  );
}
