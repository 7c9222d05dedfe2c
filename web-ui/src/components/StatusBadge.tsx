import type { ReactElement } from "react";

import type { JobStatusName } from "../realtime/messages.ts";
import { CancelledIcon, DoneIcon, ErrorIcon, QueuedIcon, RunningIcon, StoppedIcon } from "./icons.tsx";
import "./StatusBadge.css";

/** Every state has one word, one icon and one colour, wherever it is shown; a plugin's states are told in the same. */
const LOOKS = {
  queued: { word: "Queued", Icon: QueuedIcon },
  running: { word: "Running", Icon: RunningIcon },
  done: { word: "Done", Icon: DoneIcon },
  error: { word: "Error", Icon: ErrorIcon },
  cancelled: { word: "Cancelled", Icon: CancelledIcon },
  stopped: { word: "Stopped", Icon: StoppedIcon },
} as const satisfies Record<JobStatusName | "stopped", { word: string; Icon: () => ReactElement }>;

/** The state of a job, or of a plugin within one: that alone may be stopped, by what happened elsewhere. */
export function StatusBadge({ status }: { status: JobStatusName | "stopped" }): ReactElement {
  const { word, Icon } = LOOKS[status];
  return (
    <span className="status-badge" data-status={status}>
      <Icon />
      {word}
    </span>
  );
}
