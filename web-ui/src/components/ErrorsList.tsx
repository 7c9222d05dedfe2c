import { memo, type ReactElement } from "react";

import type { ErrorEntry } from "../realtime/state.ts";
import { EmptyState } from "./EmptyState.tsx";
import "./EntryList.css";
import { ErrorIcon } from "./icons.tsx";
import { timeOfDay } from "./times.ts";

export interface ErrorsListProps {
  errors: readonly ErrorEntry[];
  /** How many there were; more than are kept, perhaps. */
  count: number;
}

/** What failed, newest first. */
export const ErrorsList = memo(function ErrorsList({ errors, count }: ErrorsListProps): ReactElement {
  if (count === 0) return <EmptyState title="No errors">What fails is listed here, with its code.</EmptyState>;
  return (
    <div className="entry-list" tabIndex={0} role="region" aria-label="Errors">
      {count > errors.length && (
        <p className="entry-list__more">{`The newest ${errors.length} of ${count.toLocaleString("en")}; the job's log has all of them.`}</p>
      )}
      <ul>
        {errors.toReversed().map((error) => (
          <li key={error.id} className="entry-list__entry" data-tone="error">
            <ErrorIcon />
            <div className="entry-list__text">
              <p>{error.message}</p>
              <p className="entry-list__about">
                {error.plugin !== null && <span>{error.plugin}</span>}
                {error.code !== null && <code>{error.code}</code>}
                <time dateTime={error.timestamp}>{timeOfDay(error.timestamp)}</time>
              </p>
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
});
