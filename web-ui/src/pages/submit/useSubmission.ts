import { useEffect, useRef, useState } from "react";

import { type BatchSubmission, handInBatch } from "../../api/batch_upload.ts";
import { handIn } from "../../api/hand_in.ts";
import { newKey } from "../../api/idempotency.ts";
import { type ApiProblem, asProblem } from "../../api/problems.ts";
import type { Submission, Upload, UploadProgress } from "../../api/upload.ts";

/** A form over one file, which becomes a job, or over many, which become a batch. */
export type AnySubmission = Submission | BatchSubmission;

export type SubmissionState =
  | { phase: "idle" }
  | { phase: "sending"; progress: UploadProgress }
  | { phase: "failed"; problem: ApiProblem; submission: AnySubmission };

export interface SubmissionControl {
  state: SubmissionState;
  submit: (submission: AnySubmission) => void;
  cancel: () => void;
}

/** All files that go with a form. */
export function filesOf(submission: AnySubmission): readonly File[] {
  if ("file" in submission) return [submission.file];
  return submission.manifest === null ? submission.files : [submission.manifest];
}

function isSame(one: AnySubmission, other: AnySubmission): boolean {
  const [files, others] = [filesOf(one), filesOf(other)];
  const withoutFiles = (form: AnySubmission) => JSON.stringify({ ...form, file: "file" in form, files: null, manifest: null });
  return (
    files.length === others.length && files.every((file, place) => file === others[place]) && withoutFiles(one) === withoutFiles(other)
  );
}

/**
 * Hands in a form; `onAccepted` gets the page of what it became. Trying the same form again never makes a second one,
 * also where the first answer was lost.
 */
export function useSubmission(onAccepted: (path: string) => void): SubmissionControl {
  const [state, setState] = useState<SubmissionState>({ phase: "idle" });
  const running = useRef<Upload | null>(null);
  const last = useRef<{ submission: AnySubmission; key: string } | null>(null);

  useEffect(
    () => () => {
      running.current?.leave();
      running.current = null;
    },
    [],
  );

  async function send(submission: AnySubmission): Promise<void> {
    if (last.current === null || !isSame(last.current.submission, submission)) {
      last.current = { submission, key: newKey() };
    }
    const onProgress = (progress: UploadProgress) => {
      setState({ phase: "sending", progress });
    };
    const { key } = last.current;
    const begun = "file" in submission ? handIn(submission, key, onProgress) : handInBatch(submission, key, onProgress);
    running.current = begun;
    const totalBytes = filesOf(submission).reduce((sum, file) => sum + file.size, 0);
    setState({ phase: "sending", progress: { sentBytes: 0, totalBytes, bytesPerSecond: null, sent: false } });
    try {
      const id = await begun.finished;
      if (running.current === begun) onAccepted("file" in submission ? `/jobs/${id}` : `/batches/${id}`);
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
