import type { ReactElement } from "react";

import { useRealtime } from "../../realtime/useRealtime.ts";

/** What a screen reader says by itself: the newest warning and the newest error, and how the job ended. */
export function JobNews(): ReactElement {
  const warning = useRealtime((state) => state.warnings.at(-1));
  const error = useRealtime((state) => state.errors.at(-1));
  const outcome = useRealtime((state) => (state.ended ? state.status : null));
  return (
    <div className="visually-hidden" role="log" aria-label="News of the job">
      {warning !== undefined && <p key={warning.id}>{`Warning from ${warning.plugin}: ${warning.message}`}</p>}
      {error !== undefined && <p key={error.id}>{`Error: ${error.message}`}</p>}
      {outcome !== null && <p>{`The job has ended: ${outcome}`}</p>}
    </div>
  );
}
