import { memo, type ReactElement } from "react";

import type { LogEntry } from "../realtime/state.ts";
import { EmptyState } from "./EmptyState.tsx";
import "./EventLog.css";
import { timeOfDay } from "./times.ts";

/** What happened, newest first, in the order of the job's log. Frames and progress are not among it. */
export const EventLog = memo(function EventLog({ log }: { log: readonly LogEntry[] }): ReactElement {
  if (log.length === 0) return <EmptyState title="Nothing logged yet">Each step of the job is written here.</EmptyState>;
  return (
    <div className="event-log" tabIndex={0} role="region" aria-label="Log">
      <ol>
        {log.toReversed().map((entry) => (
          <li key={entry.id} className="event-log__entry" data-type={entry.type}>
            <time dateTime={entry.timestamp}>{timeOfDay(entry.timestamp)}</time>
            <span>{entry.text}</span>
          </li>
        ))}
      </ol>
    </div>
  );
});
