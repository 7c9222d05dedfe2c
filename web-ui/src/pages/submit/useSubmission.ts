import { useEffect, useRef, useState } from "react";

import { handIn } from "../../api/hand_in.ts";
import { newKey } from "../../api/idempotency.ts";
import { type ApiProblem, asProblem } from "../../api/problems.ts";
import type { Submission, Upload, UploadProgress } from "../../api/upload.ts";

export type SubmissionState =
  | { phase: "idle" }
  | { phase: "sending"; progress: UploadProgress }
  | { phase: "failed"; problem: ApiProblem; submission: Submission };

export interface SubmissionControl {
  state: SubmissionState;
  submit: (submission: Submission) => void;
  cancel: () => void;
}

function isSame(one: Submission, other: Submission): boolean {
  return one.file === other.file && JSON.stringify({ ...one, file: null }) === JSON.stringify({ ...other, file: null });
}

/** Hands in a form. Trying the same form again never makes a second job, also where the first answer was lost. */
export function useSubmission(onAccepted: (jobId: string) => void): SubmissionControl {
  const [state, setState] = useState<SubmissionState>({ phase: "idle" });
  const running = useRef<Upload | null>(null);
  const last = useRef<{ submission: Submission; key: string } | null>(null);

  useEffect(
    () => () => {
      running.current?.leave();
      running.current = null;
    },
    [],
  );

  async function send(submission: Submission): Promise<void> {
    if (last.current === null || !isSame(last.current.submission, submission)) {
      last.current = { submission, key: newKey() };
    }
    const begun = handIn(submission, last.current.key, (progress) => {
      setState({ phase: "sending", progress });
    });
    running.current = begun;
    setState({
      phase: "sending",
      progress: { sentBytes: 0, totalBytes: submission.file.size, bytesPerSecond: null, sent: false },
    });
    try {
      const jobId = await begun.finished;
      if (running.current === begun) onAccepted(jobId);
    } catch (error) {
      if (running.current !== begun) return;
      const cancelled = error instanceof DOMException && error.name === "AbortError";
      setState(cancelled ? { phase: "idle" } : { phase: "failed", problem: asProblem(error), submission });
    } finally {
      if (running.current === begun) running.current = null;
    }
  }

  return {
    state,
    submit: (submission) => {
      if (running.current === null) void send(submission);
    },
    cancel: () => running.current?.abort(),
  };
}
