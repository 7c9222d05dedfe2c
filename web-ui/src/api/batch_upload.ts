/**
 * Handing in a batch, with the progress of all its files.
 *
 * One form, under one key: sent again it makes no second batch. Large files go ahead in pieces, each for itself; and all
 * do where something on the way refuses the form for its size.
 */
import { LARGE_BYTES, sentAhead, takenAhead } from "./large_upload.ts";
import { ApiProblem, problemFrom, unreachable } from "./problems.ts";
import { serverPath } from "./root.ts";
import { cancelled, parsed, rateMeter, type Submission, type Upload, type UploadProgress } from "./upload.ts";

/** Files that go in pieces at the same time. */
const AT_ONCE = 3;

export interface BatchSubmission extends Omit<Submission, "file"> {
  files: readonly File[];
  /** A list of inputs that are with the server, in place of files. */
  manifest: File | null;
  /** What to call the batch; null where nothing suggests a name. */
  name: string | null;
}

/** Send a batch; `key` is the same for the same form. `finished` is its id. */
export function handInBatch(submission: BatchSubmission, key: string, onProgress: (progress: UploadProgress) => void): Upload {
  const stop = new AbortController();
  const sending = new BatchSending(submission, key, onProgress, stop.signal);
  const end = () => {
    stop.abort();
  };
  return { finished: sending.finished(), abort: end, leave: end };
}

class BatchSending {
  readonly #submission: BatchSubmission;
  readonly #key: string;
  readonly #onProgress: (progress: UploadProgress) => void;
  readonly #signal: AbortSignal;
  readonly #rate = rateMeter();
  readonly #totalBytes: number;
  /** Bytes of files that go ahead, by file. */
  readonly #ahead = new Map<File, number>();

  constructor(submission: BatchSubmission, key: string, onProgress: (progress: UploadProgress) => void, signal: AbortSignal) {
    this.#submission = submission;
    this.#key = key;
    this.#onProgress = onProgress;
    this.#signal = signal;
    this.#totalBytes = [...submission.files, ...(submission.manifest === null ? [] : [submission.manifest])].reduce(
      (sum, { size }) => sum + size,
      0,
    );
  }

  async finished(): Promise<string> {
    const { files } = this.#submission;
    const isLarge = (file: File): boolean => file.size > LARGE_BYTES;
    try {
      return await this.#handIn(files.filter(isLarge), files.filter((file) => !isLarge(file)));
    } catch (error) {
      if (!(error instanceof ApiProblem && error.code === "HTTP_413") || files.length === 0) throw error;
      return await this.#handIn(files, []);
    }
  }

  async #handIn(large: readonly File[], small: readonly File[]): Promise<string> {
    const ids = new Map<File, string>();
    const waiting = [...large];
    const work = async (): Promise<void> => {
      for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
        const one = file;
        ids.set(one, await sentAhead(one, (sentBytes) => this.#told(one, sentBytes), this.#signal));
        this.#told(one, one.size);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const batchId = await this.#sendForm(this.#formOf(large, ids, small));
    await Promise.all(large.map(takenAhead));
    return batchId;
  }

  #told(file: File, sentBytes: number): void {
    this.#ahead.set(file, sentBytes);
    this.#tell(0, false);
  }

  #tell(formBytes: number, sent: boolean): void {
    const ahead = [...this.#ahead.values()].reduce((sum, bytes) => sum + bytes, 0);
    const sentBytes = sent ? this.#totalBytes : Math.min(this.#totalBytes, ahead + formBytes);
    const bytesPerSecond = sent ? null : this.#rate(sentBytes, performance.now());
    this.#onProgress({ sentBytes, totalBytes: this.#totalBytes, bytesPerSecond, sent });
  }

  #formOf(large: readonly File[], ids: ReadonlyMap<File, string>, small: readonly File[]): FormData {
    const { plugin, tools, options, device, priority, manifest, name } = this.#submission;
    const form = new FormData();
    form.append("plugin", plugin);
    for (const tool of tools) form.append("tool", tool);
    form.append("options", JSON.stringify(options));
    form.append("device", device);
    form.append("priority", priority);
    if (name !== null) form.append("name", name);
    if (large.length > 0) {
      const items = large.map((file) => ({ upload_id: ids.get(file), name: file.name }));
      form.append("manifest", new Blob([JSON.stringify({ items })], { type: "application/json" }), "uploads.json");
    } else if (manifest !== null) form.append("manifest", manifest, manifest.name);
    for (const file of small) form.append("file", file, file.name);
    return form;
  }

  #sendForm(form: FormData): Promise<string> {
    const request = new XMLHttpRequest();
    const stop = () => {
      request.abort();
    };
    return new Promise<string>((resolve, reject: (reason: ApiProblem | DOMException) => void) => {
      if (this.#signal.aborted) {
        reject(cancelled());
        return;
      }
      this.#signal.addEventListener("abort", stop);
      request.upload.onprogress = (event) => {
        this.#tell(event.loaded, false);
      };
      request.upload.onload = () => {
        this.#tell(0, true);
      };
      request.onload = () => {
        const body = parsed(request.responseText);
        const batchId = request.status === 202 ? batchIdIn(body) : null;
        if (batchId === null) reject(problemFrom(request.status, body));
        else resolve(batchId);
      };
      request.onerror = () => {
        reject(unreachable(null));
      };
      request.onabort = () => {
        reject(cancelled());
      };
      request.open("POST", serverPath("/v1/batches"));
      request.setRequestHeader("Idempotency-Key", this.#key);
      request.setRequestHeader("Accept", "application/json");
      request.send(form);
    });
  }
}

function batchIdIn(body: unknown): string | null {
  if (typeof body !== "object" || body === null || !("batch_id" in body)) return null;
  return typeof body.batch_id === "string" ? body.batch_id : null;
}
