import type { ReactElement } from "react";

import type { RealtimeState } from "../realtime/state.ts";
import { EmptyState } from "./EmptyState.tsx";
import { Skeleton } from "./Skeleton.tsx";

/** In the picture's place while there is no frame: why that is, and what comes. */
export function BeforeFrames({ status }: Pick<RealtimeState, "status">): ReactElement {
  switch (status) {
    case null:
      return (
        <div className="overlay__opening">
          <Skeleton height="100%" />
          <p className="visually-hidden" role="status">
            Opening the job…
          </p>
        </div>
      );
    case "queued":
      return <EmptyState title="Waiting for a free worker">It begins by itself; this page may stay open or be closed.</EmptyState>;
    case "running":
      return <EmptyState title="The first frame is being worked on">It is shown here as soon as a tool has looked at it.</EmptyState>;
    case "done":
      return <EmptyState title="No frames to show">The job is done, and its tools found no frames in the input.</EmptyState>;
    case "error":
    case "cancelled":
      return <EmptyState title="No frames to show">The job ended before its first frame.</EmptyState>;
  }
}
