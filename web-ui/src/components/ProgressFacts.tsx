import type { ReactElement } from "react";

import type { RealtimeState } from "../realtime/state.ts";
import { useNow } from "./now.ts";
import { ProgressBar } from "./ProgressBar.tsx";
import "./ProgressFacts.css";
import "./Timeline.css";
import { roughly } from "./times.ts";

export interface ProgressFactsProps {
  state: Pick<
    RealtimeState,
    "progress" | "status" | "ended" | "isConnected" | "attempt" | "deviceUsed" | "skipped" | "timeline" | "warnings" | "warningsCount"
  >;
  /** Frames that the timeline marks for a warning. */
  warnedFrames?: number | undefined;
  /** Epoch milliseconds; the browser's own clock where it is left out. */
  now?: number | undefined;
}

/** After so long without a move it is said that nothing moves. */
const STILL_SECONDS = 20;

/** The progress bar with what is known besides: frames, time left, device, attempt; and that it stands, when it does. */
export function ProgressFacts({ state, warnedFrames = 0, now }: ProgressFactsProps): ReactElement {
  const { progress, status, ended, attempt, deviceUsed } = state;
  const running = status === "running";
  const time = useNow(now, running);
  const stage = progress?.stage ?? undefined;
  return (
    <div className="progress-facts">
      <ProgressBar
        id="progress-bar"
        progress={progress?.percent ?? 0}
        plugin={running ? (progress?.plugin ?? undefined) : undefined}
        stage={ended || stage === status ? undefined : stage}
        ended={ended}
      />
      <p className="progress-facts__facts">
        {warnedFrames > 0 && (
          <span className="progress-facts__legend">
            <span className="timeline__warning" aria-hidden="true" />
            {legend(warnedFrames, state)}
          </span>
        )}
        {[...working(state, time), deviceUsed, `attempt ${attempt}`].filter(Boolean).map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
      </p>
    </div>
  );
}

/** Of many warnings of one kind only the first are told, and only those can be marked. */
function legend(frames: number, { warnings, warningsCount }: ProgressFactsProps["state"]): string {
  if (warningsCount > warnings.length) return `${warningsCount} warnings, ${frames} of their frames marked`;
  return frames === 1 ? "1 frame with a warning" : `${frames} frames with warnings`;
}

function working({ progress, status, isConnected, skipped, timeline }: ProgressFactsProps["state"], now: number): string[] {
  const facts: string[] = [];
  if (progress !== null && progress.framesDone !== null) {
    facts.push(framesFact(status, progress.framesDone, progress.framesTotal, timeline.lastFrame));
  }
  if (status === "running" && progress !== null) {
    const still = (now - progress.movedAt) / 1000;
    if (still >= STILL_SECONDS) {
      facts.push(
        isConnected
          ? `no progress for ${roughly(still)}; the worker is alive`
          : `no news for ${roughly(still)}: not connected`,
      );
    } else if (isConnected && progress.etaSeconds !== null) {
      facts.push(`about ${roughly(progress.etaSeconds)} left`);
    }
  }
  const passedOver = skipped.frame ?? 0;
  if (passedOver > 0) facts.push(`${passedOver.toLocaleString("en")} frames came too fast to show live`);
  return facts;
}

function framesFact(status: RealtimeState["status"], done: number, total: number | null, lastFrame: number): string {
  if (status === "done") {
    // A file's own count of its frames may be too low, and the last of them may not have been told.
    const frames = Math.max(done, total ?? 0);
    return frames === 1 ? "1 frame" : `${frames.toLocaleString("en")} frames`;
  }
  const of = total === null ? "" : ` of ${total.toLocaleString("en")}`;
  if (status !== "error" && status !== "cancelled") return `frame ${done.toLocaleString("en")}${of}`;
  // Progress is told less often than frames are.
  const frames = Math.max(done, lastFrame + 1);
  return `stopped after ${frames.toLocaleString("en")}${of} ${frames === 1 && total === null ? "frame" : "frames"}`;
}
