import type { ReactElement, ReactNode } from "react";

import { useRealtime } from "../realtime/useRealtime.ts";
import { JobView } from "./JobView.tsx";
import type { Recording } from "./recording.ts";

export interface RealtimeOverlayProps {
  /** Nothing at all is rendered while it is false. */
  isVisible: boolean;
  /** Asked for by its button and by Escape. */
  onClose: () => void;
  /** Gives frames other than the newest ones; without it only what streamed in can be looked at. */
  recording?: Recording | undefined;
  /** What is watched; a string becomes the page's heading. */
  title?: ReactNode;
  /** More to do, beside the close button. */
  actions?: ReactNode;
  /** Where closing leads to, such as "Back to jobs"; the button then stands first, as an arrow back. */
  closeLabel?: string | undefined;
  /** Start an ended job anew; without it that is not offered where the job failed or was cancelled. */
  onRunAgain?: (() => void) | undefined;
  /** A new run was asked for, and is not there yet. */
  isStarting?: boolean | undefined;
  /** The page around it has a table of all keys: `?` and its button are left to that. */
  keysAreTold?: boolean | undefined;
  /** Epoch milliseconds, in place of the browser's clock. */
  now?: number | undefined;
}

/**
 * The work while it happens: each frame with what was found in it, progress, plugins, warnings, errors, and the
 * connection in words. Fills the element around it. Its job is the one of the `RealtimeProvider` above it.
 */
export function RealtimeOverlay({ isVisible, title = "Job", ...rest }: RealtimeOverlayProps): ReactElement | null {
  return isVisible ? <Watched {...rest} title={title} /> : null;
}

function Watched(props: Omit<RealtimeOverlayProps, "isVisible"> & { title: ReactNode }): ReactElement {
  const { state, reconnect } = useRealtime();
  // Another job is looked at from its beginning.
  return <JobView key={state.jobId} {...props} state={state} onRetry={reconnect} />;
}
