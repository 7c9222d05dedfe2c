import { type ReactElement, type RefObject, useEffect, useState } from "react";

import { type JobStatus, STATUSES } from "../../api/jobs.ts";
import { usePlugins } from "../../api/plugins.ts";
import "./JobFilters.css";
import type { JobQueryControl } from "./useJobQuery.ts";

/** After the last letter, the list is asked for this much later. */
const TYPING_MS = 250;

const STATUS_WORDS: Record<JobStatus, string> = {
  queued: "Queued",
  running: "Running",
  done: "Done",
  error: "Error",
  cancelled: "Cancelled",
};

function Search({ control, input }: { control: JobQueryControl; input: RefObject<HTMLInputElement | null> }): ReactElement {
  const asked = control.filter.q;
  const [text, setText] = useState(asked);
  const [askedBefore, setAskedBefore] = useState(asked);
  const { change } = control;

  // The address changed by other means than this field.
  if (asked !== askedBefore) {
    setAskedBefore(asked);
    setText(asked);
  }

  useEffect(() => {
    if (text === asked) return;
    const timer = setTimeout(() => {
      change({ q: text });
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [text, asked, change]);

  return (
    <label className="job-filters__search">
      <span className="visually-hidden">Search by file name or id</span>
      <input
        ref={input}
        type="search"
        placeholder="File name or id"
        aria-keyshortcuts="/"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") {
            change({ q: text });
            // The keys of the list are next.
            event.currentTarget.blur();
          }
          if (event.key !== "Escape") return;
          if (text === "") event.currentTarget.blur();
          else setText("");
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </label>
  );
}

/** Which jobs, in which order. */
export function JobFilters(props: { control: JobQueryControl; searchInput: RefObject<HTMLInputElement | null> }): ReactElement {
  const { control, searchInput } = props;
  const { filter, sort, change, setSort } = control;
  const plugins = usePlugins();
  const names = new Set(plugins.data?.map(({ name }) => name));
  if (filter.plugin !== null) names.add(filter.plugin);
  return (
    <div className="job-filters" role="search" aria-label="Jobs">
      <Search control={control} input={searchInput} />
      <label className="job-filters__select">
        <span>Status</span>
        <select
          value={filter.status ?? ""}
          onChange={(event) => {
            change({ status: STATUSES.find((status) => status === event.target.value) ?? null });
          }}
        >
          <option value="">Any</option>
          {STATUSES.map((status) => (
            <option key={status} value={status}>
              {STATUS_WORDS[status]}
            </option>
          ))}
        </select>
      </label>
      <label className="job-filters__select">
        <span>Plugin</span>
        <select
          value={filter.plugin ?? ""}
          onChange={(event) => {
            change({ plugin: event.target.value === "" ? null : event.target.value });
          }}
        >
          <option value="">Any</option>
          {[...names].sort().map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label className="job-filters__select">
        <span>Sort by</span>
        <select
          value={sort}
          onChange={(event) => {
            setSort(event.target.value === "created_at" ? "created_at" : "-created_at");
          }}
        >
          <option value="-created_at">Newest first</option>
          <option value="created_at">Oldest first</option>
        </select>
      </label>
    </div>
  );
}
