import { useSearchParams } from "wouter";

import { type JobQuery, type JobStatus, STATUSES } from "../../api/jobs.ts";
import { jobsSort, usePreference } from "../preferences.ts";

export interface JobFilter {
  status: JobStatus | null;
  plugin: string | null;
  q: string;
}

export interface JobQueryControl {
  filter: JobFilter;
  query: JobQuery;
  /** Whether the page shown is the first. */
  isFirstPage: boolean;
  sort: "created_at" | "-created_at";
  change: (filter: Partial<JobFilter>) => void;
  setSort: (sort: "created_at" | "-created_at") => void;
  /** Show the page after this key; null: the first. */
  goTo: (after: string | null) => void;
}

/** How many rows a page has. */
const PAGE = 50;

/** Which jobs the list shows: in the address, so that it can be kept, shared, and gone back to. */
export function useJobQuery(): JobQueryControl {
  const [params, setParams] = useSearchParams();
  const [sort, setSort] = usePreference(jobsSort);
  const filter: JobFilter = {
    status: STATUSES.find((status) => status === params.get("status")) ?? null,
    plugin: params.get("plugin") ?? null,
    q: params.get("q") ?? "",
  };
  const after = params.get("after");

  const put = (names: Readonly<Record<string, string | null>>, replace: boolean) => {
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        for (const [name, value] of Object.entries(names)) {
          if (value === null || value === "") next.delete(name);
          else next.set(name, value);
        }
        return next;
      },
      { replace },
    );
  };

  return {
    filter,
    query: {
      sort,
      limit: PAGE,
      ...(filter.status !== null && { status: filter.status }),
      ...(filter.plugin !== null && { plugin: filter.plugin }),
      ...(filter.q !== "" && { q: filter.q }),
      ...(after !== null && { after }),
    },
    isFirstPage: after === null,
    sort,
    change: (changes) => {
      put({ ...changes, after: null }, true);
    },
    setSort: (wanted) => {
      setSort(wanted);
      put({ after: null }, true);
    },
    goTo: (key) => {
      put({ after: key }, false);
    },
  };
}
