import type { ReactElement } from "react";

import type { RealtimeState } from "../realtime/state.ts";
import { Button } from "./Button.tsx";
import { ErrorState } from "./ErrorState.tsx";
import { CancelledIcon, WarningIcon } from "./icons.tsx";
import "./Outcome.css";

export interface OutcomeProps {
  state: Pick<RealtimeState, "status" | "errors" | "timeline" | "progress" | "fallbackReason">;
  /** Start it anew; without it that is not offered. */
  onRunAgain?: (() => void) | undefined;
  /** It was asked for, and is not there yet. */
  isStarting?: boolean | undefined;
  onOpenLog: () => void;
}

/** What a person must know of how a job went, and can do about it: it failed, was cancelled, or ran elsewhere. */
export function Outcome({ state, onRunAgain, isStarting, onOpenLog }: OutcomeProps): ReactElement | null {
  const { status, fallbackReason } = state;
  const again = onRunAgain !== undefined && (
    <Button busy={isStarting === true} onClick={onRunAgain}>
      Run it again
    </Button>
  );
  if (status === "error") {
    const error = state.errors.at(-1);
    return (
      <ErrorState
        title={error?.message ?? "The job failed."}
        safe={kept(state.timeline.lastFrame)}
        next="The log below has the job's steps, the server's log has the cause. Run the job again once it is gone."
        code={error?.code ?? null}
        action={
          <div className="outcome__actions">
            <Button onClick={onOpenLog}>Open the log</Button>
            {again}
          </div>
        }
      />
    );
  }
  if (status === "cancelled") {
    return (
      <div className="outcome">
        <CancelledIcon />
        <p className="outcome__words">
          {`Cancelled. ${kept(state.timeline.lastFrame)}`}
        </p>
        {again}
      </div>
    );
  }
  if (fallbackReason === null) return null;
  return (
    <div className="outcome" data-tone="warning">
      <WarningIcon />
      <p className="outcome__words">{fallbackReason}</p>
    </div>
  );
}

function kept(lastFrame: number): string {
  if (lastFrame < 0) return "Nothing had been found until then; the input is safe.";
  return `What was found in ${lastFrame === 0 ? "the first frame" : `the first ${(lastFrame + 1).toLocaleString("en")} frames`} is kept.`;
}
