import type { ReactElement } from "react";

import type { JobStatus } from "../../api/jobs.ts";
import { countOf } from "../../api/live_batches.ts";
import "./SegmentedBar.css";

/** In this order, so that what has ended grows from the left. */
const SEGMENTS = ["done", "error", "cancelled", "running"] as const satisfies readonly JobStatus[];

export interface SegmentedBarProps {
  counts: Readonly<Record<string, number>>;
  total: number;
  /** Whole per cent that have ended. */
  progress: number;
}

/** How many of a batch's items have ended, and as what. The numbers that tell the same are beside it. */
export function SegmentedBar({ counts, total, progress }: SegmentedBarProps): ReactElement {
  return (
    <div
      className="segmented-bar"
      role="progressbar"
      aria-label="Progress"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={progress}
      aria-valuetext={`${progress} %`}
    >
      {SEGMENTS.map((status) => {
        const count = countOf({ counts }, status);
        return count === 0 ? null : (
          <span
            key={status}
            className="segmented-bar__part"
            data-status={status}
            style={{ width: `${(100 * count) / Math.max(1, total)}%` }}
          />
        );
      })}
    </div>
  );
}
