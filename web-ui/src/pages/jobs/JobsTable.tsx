import type { ReactElement } from "react";

import type { JobAction, JobSummary } from "../../api/jobs.ts";
import { Skeleton } from "../../components/Skeleton.tsx";
import { JobRow } from "./JobRow.tsx";
import "./JobsTable.css";
import { useColumns } from "./useColumns.ts";

export interface JobsTableProps {
  jobs: readonly JobSummary[];
  selected: ReadonlySet<string>;
  /** The list is being read anew, and what is shown may be out of date. */
  isStale: boolean;
  onSelect: (jobId: string, selected: boolean) => void;
  onSelectAll: (selected: boolean) => void;
  onAction: (action: JobAction, job: JobSummary) => void;
}

/** The jobs of one page, a row each. */
export function JobsTable(props: JobsTableProps): ReactElement {
  const { jobs, selected, isStale, onSelect, onSelectAll, onAction } = props;
  const columns = useColumns();
  const all = jobs.length > 0 && jobs.every((job) => selected.has(job.job_id));
  const some = !all && jobs.some((job) => selected.has(job.job_id));
  return (
    <table className="jobs-table" data-stale={isStale ? "" : undefined}>
      <caption className="visually-hidden">Jobs</caption>
      <thead>
        <tr>
          <th scope="col" className="jobs-table__select">
            <label>
              <input
                type="checkbox"
                aria-label="Select all on this page"
                checked={all}
                ref={(input) => {
                  if (input !== null) input.indeterminate = some;
                }}
                onChange={() => {
                  onSelectAll(!all);
                }}
              />
            </label>
          </th>
          <th scope="col" className="jobs-table__status">
            Status
          </th>
          <th scope="col" className="jobs-table__name">
            File
          </th>
          <th scope="col" className="jobs-table__progress">
            Progress
          </th>
          {columns.plugin && <th scope="col">Plugin</th>}
          {columns.device && <th scope="col">Device</th>}
          {columns.created && <th scope="col">Created</th>}
          {columns.took && (
            <th scope="col" className="jobs-table__took">
              Took
            </th>
          )}
          <td className="jobs-table__menu" />
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <JobRow
            key={job.job_id}
            job={job}
            columns={columns}
            selected={selected.has(job.job_id)}
            onSelect={(chosen) => {
              onSelect(job.job_id, chosen);
            }}
            onAction={(action) => {
              onAction(action, job);
            }}
          />
        ))}
      </tbody>
    </table>
  );
}

const SKELETON_ROWS = 8;

/** The table's shape while it is loaded. */
export function JobsTableSkeleton(): ReactElement {
  return (
    <div className="jobs-table-skeleton" role="status">
      <span className="visually-hidden">Loading the jobs</span>
      <div className="jobs-table-skeleton__head" />
      {Array.from({ length: SKELETON_ROWS }, (_, row) => (
        <div key={row} className="jobs-table-skeleton__row">
          <Skeleton width="5rem" />
          <Skeleton width={`${11 + ((row * 5) % 8)}rem`} />
          <Skeleton width="7rem" />
        </div>
      ))}
    </div>
  );
}
