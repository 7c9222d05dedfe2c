/**
 * Handing in a job, with the progress of its file. An XMLHttpRequest, for `fetch` says nothing of what was sent.
 *
 * Each form carries an `Idempotency-Key`: where the connection is cut after the last byte, sending the same form again
 * gets the answer of the job that was made, and no second one.
 */
import { type ApiProblem, problemFrom, unreachable } from "./problems.ts";
import { serverPath } from "./root.ts";

export interface Submission {
  file: File;
  plugin: string;
  tools: readonly string[];
  /** The tool's options; where there are several tools, by tool. */
  options: Readonly<Record<string, unknown>>;
  device: string;
  priority: string;
}

export interface UploadProgress {
  sentBytes: number;
  totalBytes: number;
  /** Over the last seconds; null before it is known. */
  bytesPerSecond: number | null;
  /** Every byte was sent; the server is checking the file. */
  sent: boolean;
  /** It goes in pieces, and can be gone on with when this page was closed. */
  inPieces?: boolean;
  /** So much of it was there from before. */
  fromBytes?: number;
}

export interface Upload {
  /** The job's id; rejects with an `ApiProblem`, or with an `AbortError` after `abort` and `leave`. */
  finished: Promise<string>;
  /** It is not wanted any more. */
  abort(): void;
  /** Nobody is there to wait for it; what can be gone on with later stays. */
  leave(): void;
}

/** The rate is taken over so long. */
const RATE_WINDOW_MS = 3_000;

/** A function that is told how many bytes were sent when, and answers with the rate. */
export function rateMeter(windowMs = RATE_WINDOW_MS): (sentBytes: number, nowMs: number) => number | null {
  let samples: { sentBytes: number; nowMs: number }[] = [];
  return (sentBytes, nowMs) => {
    samples = [...samples.filter((sample) => nowMs - sample.nowMs <= windowMs), { sentBytes, nowMs }];
    const first = samples[0];
    if (first === undefined || nowMs <= first.nowMs) return null;
    return ((sentBytes - first.sentBytes) * 1000) / (nowMs - first.nowMs);
  };
}

function formOf(submission: Submission): FormData {
  const form = new FormData();
  form.append("plugin", submission.plugin);
  for (const tool of submission.tools) form.append("tool", tool);
  form.append("options", JSON.stringify(submission.options));
  form.append("device", submission.device);
  form.append("priority", submission.priority);
  // Last: the server knows what is wanted before the long part comes.
  form.append("file", submission.file, submission.file.name);
  return form;
}

/** Send a form; `key` is the same for the same form. */
export function upload(submission: Submission, key: string, onProgress: (progress: UploadProgress) => void): Upload {
  const request = new XMLHttpRequest();
  const rate = rateMeter();
  const finished = new Promise<string>((resolve, reject: (reason: ApiProblem | DOMException) => void) => {
    request.upload.onprogress = (event) => {
      onProgress({
        sentBytes: event.loaded,
        totalBytes: event.total,
        bytesPerSecond: rate(event.loaded, performance.now()),
        sent: false,
      });
    };
    request.upload.onload = (event) => {
      onProgress({ sentBytes: event.loaded, totalBytes: event.total, bytesPerSecond: null, sent: true });
    };
    request.onload = () => {
      const body = parsed(request.responseText);
      const jobId = request.status === 202 ? jobIdIn(body) : null;
      if (jobId === null) reject(problemFrom(request.status, body));
      else resolve(jobId);
    };
    request.onerror = () => {
      reject(unreachable(null));
    };
    request.onabort = () => {
      reject(cancelled());
    };
  });
  request.open("POST", serverPath("/v1/jobs"));
  request.setRequestHeader("Idempotency-Key", key);
  request.setRequestHeader("Accept", "application/json");
  request.send(formOf(submission));
  const abort = () => {
    request.abort();
  };
  return { finished, abort, leave: abort };
}

/** What a call rejects with that was stopped. */
export function cancelled(): DOMException {
  return new DOMException("The upload was cancelled.", "AbortError");
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function jobIdIn(body: unknown): string | null {
  if (typeof body !== "object" || body === null || !("job_id" in body)) return null;
  return typeof body.job_id === "string" ? body.job_id : null;
}
