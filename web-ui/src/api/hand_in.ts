/** Handing in a job by the way that fits its file. */
import { LARGE_BYTES, uploadLarge } from "./large_upload.ts";
import { ApiProblem } from "./problems.ts";
import { type Submission, type Upload, upload, type UploadProgress } from "./upload.ts";

/**
 * Send a form; `key` is the same for the same form.
 *
 * A large file goes in pieces, and so does one that something on the way refuses for its size.
 */
export function handIn(submission: Submission, key: string, onProgress: (progress: UploadProgress) => void): Upload {
  if (submission.file.size > LARGE_BYTES) return uploadLarge(submission, key, onProgress);
  let under = upload(submission, key, onProgress);
  const finished = under.finished.catch((error: unknown) => {
    if (!(error instanceof ApiProblem && error.code === "HTTP_413")) throw error;
    under = uploadLarge(submission, key, onProgress);
    return under.finished;
  });
  return {
    finished,
    abort: () => {
      under.abort();
    },
    leave: () => {
      under.leave();
    },
  };
}
