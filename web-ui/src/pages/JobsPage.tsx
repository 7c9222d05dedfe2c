import { type ReactElement, useCallback, useRef, useState } from "react";
import { Link } from "wouter";

import { type JobSummary, useJobs } from "../api/jobs.ts";
import { wordsFor } from "../api/problems.ts";
import { Button } from "../components/Button.tsx";
import { ConnectionLine } from "../components/ConnectionLine.tsx";
import { EmptyState } from "../components/EmptyState.tsx";
import { ErrorState } from "../components/ErrorState.tsx";
import { JobFilters } from "./jobs/JobFilters.tsx";
import { JobsTable, JobsTableSkeleton } from "./jobs/JobsTable.tsx";
import { Pager } from "./jobs/Pager.tsx";
import { SelectionBar } from "./jobs/SelectionBar.tsx";
import { useJobActions } from "./jobs/useJobActions.tsx";
import { useJobQuery } from "./jobs/useJobQuery.ts";
import { useListKeys } from "./jobs/useListKeys.ts";
import { useLiveJobs } from "./jobs/useLiveJobs.ts";
import "./JobsPage.css";
import { useTitle } from "./page.ts";
import { counted } from "./quantities.ts";

const NONE: readonly JobSummary[] = [];

/** How many rows there are, and what of all jobs that is. */
function shownWords(count: number, moreFollow: boolean, isFirstPage: boolean, isFiltered: boolean): string {
  if (count === 0) return "";
  if (moreFollow) return `${counted(count, "job")} on this page, more follow`;
  if (!isFirstPage) return `${counted(count, "job")} on this page, the last one`;
  return isFiltered ? `${counted(count, "job")} ${count === 1 ? "matches" : "match"}` : `${counted(count, "job")} in all`;
}

function emptyTitle(isFirstPage: boolean, moreFollow: boolean): string {
  if (moreFollow) return "No match so far";
  return isFirstPage ? "No job matches" : "No jobs on this page";
}

function emptyWords(isSearch: boolean, moreFollow: boolean, onward: string): string {
  if (moreFollow) return `Many jobs were looked through. “${onward} ›” goes on from there.`;
  return isSearch
    ? "The search looks at the beginning of ids and of the words in a file's name."
    : "No job is like that at this moment.";
}

/** All jobs: a page of them at a time, each row as it is at this moment. */
export function JobsPage(): ReactElement {
  useTitle("Jobs");
  const control = useJobQuery();
  const live = useLiveJobs();
  const list = useJobs(control.query, { refetchMs: live.refetchMs });
  const [selectedIds, setSelectedIds] = useState<ReadonlySet<string>>(new Set());
  const searchInput = useRef<HTMLInputElement>(null);
  const table = useRef<HTMLDivElement>(null);

  const clear = useCallback(() => {
    setSelectedIds(new Set());
  }, []);
  const actions = useJobActions(clear);
  const jobs = list.data?.jobs ?? NONE;
  // What is not shown is not selected: nothing happens to a job that nobody sees.
  const selected = jobs.filter((job) => selectedIds.has(job.job_id));

  const select = (jobId: string, chosen: boolean) => {
    const next = new Set(selected.map((job) => job.job_id));
    if (chosen) next.add(jobId);
    else next.delete(jobId);
    setSelectedIds(next);
  };
  useListKeys({
    table,
    searchInput,
    onToggle: (jobId) => {
      select(jobId, !selectedIds.has(jobId));
    },
    onClear: clear,
  });

  const { filter } = control;
  const moreFollow = (list.data?.next_after ?? null) !== null;
  const isFiltered = filter.status !== null || filter.plugin !== null || filter.q !== "";
  const words = list.error === null ? null : wordsFor(list.error, "read");
  return (
    <main id="content" className="jobs-page" tabIndex={-1}>
      <header className="jobs-page__head">
        <h1>Jobs</h1>
        <Link href="/wall" className="jobs-page__wall">
          See all that runs on a wall
        </Link>
        {list.data !== undefined && <ConnectionLine connection={live.connection} onRetry={live.reconnect} />}
      </header>
      <JobFilters control={control} searchInput={searchInput} />
      <div className="selection-bar-space">
        <SelectionBar
          selected={selected}
          shown={list.data === undefined ? "" : shownWords(jobs.length, moreFollow, control.isFirstPage, isFiltered)}
          actions={actions}
          onClear={clear}
        />
      </div>
      {words !== null && (
        <ErrorState
          title={list.data === undefined ? "The list of jobs could not be read" : "The list could not be read anew"}
          safe={list.data === undefined ? `Your jobs are not affected. ${words.what}` : `${words.what} What is shown is as it was last read.`}
          next={words.next}
          action={<Button onClick={() => void list.refetch()}>Try again</Button>}
        />
      )}
      {list.data === undefined ? (
        words === null && <JobsTableSkeleton />
      ) : jobs.length > 0 ? (
        <div ref={table}>
          <JobsTable
            jobs={jobs}
            selected={selectedIds}
            isStale={list.isPlaceholderData}
            onSelect={select}
            onSelectAll={(chosen) => {
              setSelectedIds(new Set(chosen ? jobs.map((job) => job.job_id) : []));
            }}
            onAction={(action, job) => {
              actions.ask(action, [job]);
            }}
          />
        </div>
      ) : isFiltered || !control.isFirstPage ? (
        <EmptyState
          title={emptyTitle(control.isFirstPage, moreFollow)}
          action={
            <Button
              onClick={() => {
                control.change({ status: null, plugin: null, q: "" });
              }}
            >
              Show all jobs
            </Button>
          }
        >
          {emptyWords(filter.q !== "", moreFollow, control.sort === "created_at" ? "Newer" : "Older")}
        </EmptyState>
      ) : (
        <EmptyState title="No jobs yet" action={<Link href="/">Submit a file</Link>}>
          Every file that is sent is listed here, from the moment it is sent.
        </EmptyState>
      )}
      {/* While another list is read, the next page of the old one leads nowhere. */}
      {list.data !== undefined && <Pager control={control} nextAfter={list.isPlaceholderData ? null : list.data.next_after} />}
      {actions.dialog}
    </main>
  );
}
