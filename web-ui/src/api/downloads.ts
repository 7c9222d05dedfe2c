/** Where a job's files and records are, as addresses that a browser downloads. */
import { serverPath } from "./root.ts";

function jobPath(jobId: string, rest: string): string {
  return serverPath(`/v1/jobs/${encodeURIComponent(jobId)}${rest}`);
}

/** The input as it was sent, to be shown. */
export function inputUrl(jobId: string): string {
  return jobPath(jobId, "/input");
}

/** The input as browsers play it. */
export function playbackUrl(jobId: string): string {
  return jobPath(jobId, "/playback");
}

/** A small picture of the input; `moment` tells a later one of a video that runs from those before it. */
export function thumbnailUrl(jobId: string, moment?: number): string {
  return jobPath(jobId, moment === undefined ? "/thumbnail" : `/thumbnail?moment=${moment}`);
}

/** A frame's stored preview. */
export function previewUrl(jobId: string, frameIndex: number): string {
  return jobPath(jobId, `/frames/${frameIndex}.jpg`);
}

export interface Download {
  label: string;
  url: string;
}

/** What a job offers for download. */
export function downloadsOf(jobId: string): readonly Download[] {
  return [
    { label: "Download the result (JSON)", url: jobPath(jobId, "/result?download=1") },
    { label: "Download all frames (NDJSON)", url: jobPath(jobId, "/frames?format=ndjson&download=1") },
    { label: "Download the log (NDJSON)", url: jobPath(jobId, "/events?format=ndjson&download=1") },
    { label: "Download the input", url: jobPath(jobId, "/input?download=1") },
  ];
}
