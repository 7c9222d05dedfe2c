/**
 * Handing in a large file: in pieces (tus), so that it passes proxies that cap bodies or cut connections.
 *
 * Where an upload lies is kept in the browser's storage until its job is made: whoever chooses the same file again,
 * also after a reload, goes on where it stopped.
 */
import type { DetailedError, Upload as TusUpload, UploadOptions } from "tus-js-client";

import { type Failure, Pieces } from "./pieces.ts";
import { ApiProblem, problemFrom, unreachable } from "./problems.ts";
import { serverPath } from "./root.ts";
import { cancelled, jobIdIn, parsed, rateMeter, type Submission, type Upload, type UploadProgress } from "./upload.ts";

/** Files above this go in pieces. */
export const LARGE_BYTES = 8 * 1024 * 1024;

const PATH = "/v1/uploads";
/** A request of which nothing moves for so long is given up. */
const SILENCE_MS = 30_000;
/** Between attempts to hand in what was uploaded. */
const PAUSES_MS = [100, 500, 1_000, 2_000, 4_000, 8_000];
const LATER: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** What was uploaded whole and is of no job yet, as far as is known: the same form sent again names the same upload. */
const whole = new WeakMap<File, string>();

/** Send a file in pieces, then the form that names it; `key` is the same for the same form. */
export function uploadLarge(submission: Submission, key: string, onProgress: (progress: UploadProgress) => void): Upload {
  const stop = new AbortController();
  const sending = new Sending(submission.file, onProgress, stop.signal);
  return {
    finished: handIn(submission, key, sending, stop.signal),
    abort: () => {
      stop.abort();
      void sending.discard();
    },
    leave: () => {
      stop.abort();
    },
  };
}

async function handIn(submission: Submission, key: string, sending: Sending, signal: AbortSignal): Promise<string> {
  const { file } = submission;
  const uploadId = whole.get(file) ?? (await sending.finished());
  whole.set(file, uploadId);
  sending.sent();
  try {
    const jobId = await makeJob(submission, uploadId, key, signal);
    whole.delete(file);
    await sending.forget();
    return jobId;
  } catch (error) {
    // What the server does not have any more, the next try sends again.
    if (error instanceof ApiProblem && error.code.startsWith("UPLOAD_")) {
      whole.delete(file);
      await sending.forget();
    }
    throw error;
  }
}

/** Send a file that others name later, where it was not sent yet; its upload's id. Throws an `ApiProblem`. */
export async function sentAhead(file: File, onSent: (sentBytes: number) => void, signal: AbortSignal): Promise<string> {
  const sending = new Sending(file, ({ sentBytes }) => onSent(sentBytes), signal);
  const uploadId = whole.get(file) ?? (await sending.finished());
  whole.set(file, uploadId);
  return uploadId;
}

/** What was sent ahead is named by somebody: the browser need not know any more where it lies. */
export async function takenAhead(file: File): Promise<void> {
  whole.delete(file);
  await new Sending(file, () => undefined, new AbortController().signal).forget();
}

/** The id of the job over an upload; throws an `ApiProblem`. */
async function makeJob(submission: Submission, uploadId: string, key: string, signal: AbortSignal): Promise<string> {
  const { plugin, tools, options, device, priority } = submission;
  const body = JSON.stringify({ plugin, tool: tools, options, device, priority, upload_id: uploadId });
  const headers = { "Content-Type": "application/json", Accept: "application/json", "Idempotency-Key": key };
  for (let attempt = 0; ; attempt++) {
    let problem: ApiProblem;
    try {
      const answer = await fetch(serverPath("/v1/jobs"), { method: "POST", headers, body, signal });
      const told = parsed(await answer.text());
      const jobId = answer.status === 202 ? jobIdIn(told) : null;
      if (jobId !== null) return jobId;
      problem = problemFrom(answer.status, told);
      if (!LATER.has(answer.status) && problem.code !== "REQUEST_IN_PROGRESS") throw problem;
    } catch (error) {
      if (signal.aborted) throw cancelled();
      if (error instanceof ApiProblem) throw error;
      problem = unreachable(error);
    }
    const pause = PAUSES_MS[attempt];
    if (pause === undefined) throw problem;
    await passing(pause, signal);
  }
}

/** One file on its way. */
class Sending {
  private readonly file: File;
  private readonly onProgress: (progress: UploadProgress) => void;
  private readonly signal: AbortSignal;
  private readonly pieces = new Pieces();
  private readonly rate = rateMeter();
  private upload: TusUpload | null = null;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private fromBytes = 0;

  constructor(file: File, onProgress: (progress: UploadProgress) => void, signal: AbortSignal) {
    this.file = file;
    this.onProgress = onProgress;
    this.signal = signal;
  }

  /** Sends what is missing; the upload's id. Rejects with an `ApiProblem`, or when it is stopped. */
  async finished(): Promise<string> {
    const { Upload } = await import("tus-js-client");
    if (this.signal.aborted) throw cancelled();
    return new Promise((resolve, reject: (reason: ApiProblem | DOMException) => void) => {
      const upload = new Upload(this.file, this.options(resolve, reject));
      this.upload = upload;
      this.signal.addEventListener("abort", () => {
        clearTimeout(this.silence);
        void upload.abort();
        reject(cancelled());
      });
      void upload.findPreviousUploads().then((found) => {
        const previous = found.findLast((item) => item.uploadUrl !== null);
        if (previous !== undefined) {
          upload.resumeFromPreviousUpload(previous);
          // Where that does not answer well at once, no new one is to be begun in its place.
          upload.options.endpoint = null;
        }
        if (!this.signal.aborted) upload.start();
      });
    });
  }

  /** Say that every byte is there. */
  sent(): void {
    const { size } = this.file;
    this.onProgress({ sentBytes: size, totalBytes: size, bytesPerSecond: null, sent: true, inPieces: true });
  }

  /** The browser need not know any more where it lies. */
  async forget(): Promise<void> {
    const { defaultOptions } = await import("tus-js-client");
    const known = defaultOptions.urlStorage;
    for (const { urlStorageKey } of await known.findUploadsByFingerprint(fingerprintOf(this.file))) {
      await known.removeUpload(urlStorageKey);
    }
  }

  /** Have the server delete it. */
  async discard(): Promise<void> {
    const uploadId = whole.get(this.file) ?? idIn(this.upload?.url ?? "");
    whole.delete(this.file);
    await this.forget();
    if (uploadId === "") return;
    const headers = { "Tus-Resumable": "1.0.0", "X-HTTP-Method-Override": "DELETE" };
    // Where it does not get through, the server deletes it by itself after a while.
    await fetch(serverPath(`${PATH}/${uploadId}`), { method: "POST", headers }).catch(() => null);
  }

  private options(resolve: (uploadId: string) => void, reject: (reason: ApiProblem) => void): UploadOptions {
    const { file, pieces } = this;
    return {
      endpoint: serverPath(PATH),
      fingerprint: () => Promise.resolve(fingerprintOf(file)),
      metadata: { filename: file.name, filetype: file.type },
      chunkSize: pieces.bytes,
      // What follows from a failure is decided by `Pieces`.
      retryDelays: null,
      // It is kept until its job is made.
      removeFingerprintOnSuccess: false,
      onUploadUrlAvailable: () => {
        const { upload } = this;
        if (upload?.url == null) return;
        // The server may call itself by another name than this page does.
        upload.url = serverPath(`${PATH}/${idIn(upload.url)}`);
        upload.options.endpoint = null;
      },
      onBeforeRequest: () => {
        this.listen(reject);
      },
      onProgress: (sentBytes) => {
        this.listen(reject);
        this.tell(sentBytes);
      },
      onAfterResponse: (request, response) => {
        clearTimeout(this.silence);
        const offset = Number(response.getHeader("Upload-Offset"));
        if (offset > 0) pieces.reached(offset);
        if (request.getMethod() === "HEAD") this.fromBytes ||= offset;
        else if (response.getStatus() === 204) pieces.passed();
        this.adapt();
      },
      onSuccess: () => {
        clearTimeout(this.silence);
        resolve(idIn(this.upload?.url ?? ""));
      },
      onError: (error) => {
        clearTimeout(this.silence);
        this.goOn(failureIn(error), reject);
      },
    };
  }

  /** A request is under way: it has so long to show that it moves. */
  private listen(reject: (reason: ApiProblem) => void): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      void this.upload?.abort();
      this.goOn(BROKEN, reject);
    }, SILENCE_MS);
  }

  private tell(sentBytes: number): void {
    const bytesPerSecond = this.rate(sentBytes, performance.now());
    const { fromBytes } = this;
    this.onProgress({ sentBytes, totalBytes: this.file.size, bytesPerSecond, sent: false, inPieces: true, fromBytes });
  }

  private goOn(failure: Failure, reject: (reason: ApiProblem) => void): void {
    const { upload, pieces } = this;
    if (upload === null || this.signal.aborted) return;
    const next = pieces.after(failure);
    if (next.go === "nowhere") {
      reject(next.problem);
      return;
    }
    this.adapt();
    if (next.go === "anew") {
      this.fromBytes = 0;
      upload.url = null;
      upload.options.endpoint = serverPath(PATH);
    }
    setTimeout(
      () => {
        if (!this.signal.aborted) upload.start();
      },
      next.go === "on" ? next.afterMs : 0,
    );
  }

  private adapt(): void {
    if (this.upload === null) return;
    this.upload.options.chunkSize = this.pieces.bytes;
    this.upload.options.overridePatchMethod = this.pieces.override;
  }
}

const BROKEN: Failure = { method: "PATCH", status: 0, body: null };

function failureIn(error: Error | DetailedError): Failure {
  if (!("originalRequest" in error)) return BROKEN;
  const { originalRequest, originalResponse } = error;
  return {
    method: originalRequest.getMethod(),
    status: originalResponse?.getStatus() ?? 0,
    body: originalResponse === null ? null : parsed(originalResponse.getBody()),
  };
}

/** What tells one file from another, as far as a page can see. */
function fingerprintOf(file: File): string {
  return ["transom", file.name, file.type, file.size, file.lastModified, serverPath(PATH)].join("|");
}

function idIn(url: string): string {
  return url.slice(url.lastIndexOf("/") + 1);
}

/** Waits; rejects at once when it is stopped. */
function passing(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject: (reason: DOMException) => void) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(cancelled());
    });
  });
}
