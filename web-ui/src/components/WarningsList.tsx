import { memo, type ReactElement } from "react";

import type { WarningEntry } from "../realtime/state.ts";
import { EmptyState } from "./EmptyState.tsx";
import { WarningIcon } from "./icons.tsx";
import "./EntryList.css";
import { timeOfDay } from "./times.ts";

export interface WarningsListProps {
  warnings: readonly WarningEntry[];
  /** How many were told; more than are kept, perhaps. */
  told: number;
  onSeek: (index: number) => void;
}

/** What a person should know, newest first; a frame's number leads to the frame. */
export const WarningsList = memo(function WarningsList({ warnings, told, onSeek }: WarningsListProps): ReactElement {
  if (told === 0) return <EmptyState title="No warnings">Whatever a tool complains of while it works is listed here.</EmptyState>;
  return (
    <div className="entry-list" tabIndex={0} role="region" aria-label="Warnings">
      {told > warnings.length && (
        <p className="entry-list__more">{`The newest ${warnings.length} of ${told.toLocaleString("en")}; the job's log has all of them.`}</p>
      )}
      <ul>
        {warnings.toReversed().map((warning) => (
          <li key={warning.id} className="entry-list__entry" data-tone={warning.severity === "low" ? "note" : "warning"}>
            <WarningIcon />
            <div className="entry-list__text">
              <p>{warning.message}</p>
              <p className="entry-list__about">
                {warning.frameIndex !== null && <FrameLink index={warning.frameIndex} onSeek={onSeek} />}
                <span>{warning.plugin}</span>
                {warning.severity === "high" && <span>serious</span>}
                {warning.code !== null && <code>{warning.code}</code>}
                <time dateTime={warning.timestamp}>{timeOfDay(warning.timestamp)}</time>
              </p>
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
});

function FrameLink({ index, onSeek }: { index: number; onSeek: (index: number) => void }): ReactElement {
  return (
    <button type="button" className="entry-list__frame" onClick={() => onSeek(index)}>
      {`frame ${index}`}
    </button>
  );
}
