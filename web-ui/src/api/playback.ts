/**
 * The video of an ended job, as this browser plays it: the input itself, or the WebM that the server makes of it.
 *
 * Until that is made, and where it can't be, the reason is told in plain words.
 */
import type { Size } from "../components/recording.ts";
import { inputUrl, playbackUrl } from "./downloads.ts";
import { type ApiProblem, problemFrom } from "./problems.ts";

export interface PlayedVideo {
  url: string;
  size: Size;
}

/** Said while the server makes it. */
const IN_THE_MAKING =
  "The video is being made ready to be played in a browser. Until then its stored preview pictures are shown; it switches over by itself.";
const NOT_PLAYED_HERE = "This browser does not play the video. Its stored preview pictures are shown instead.";
const UNREACHABLE = "The video could not be reached; it is tried again. Until then its stored preview pictures are shown.";

/** Asked again no sooner and no later, whatever the server says. */
const [LEAST_PAUSE_MS, MOST_PAUSE_MS, USUAL_PAUSE_MS] = [500, 30_000, 3_000];

/** The size of a video that this browser plays, found by trying: names of types promise too much and too little. */
function playedSize(url: string, signal: AbortSignal): Promise<Size | null> {
  const video = document.createElement("video");
  return new Promise((resolve) => {
    const done = () => {
      const size = { width: video.videoWidth, height: video.videoHeight };
      video.removeAttribute("src");
      video.load();
      resolve(size.width > 0 ? size : null);
    };
    for (const event of ["loadedmetadata", "error"]) video.addEventListener(event, done, { once: true, signal });
    signal.addEventListener("abort", done, { once: true });
    video.muted = true;
    video.preload = "metadata";
    video.src = url;
  });
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}

function pauseOf(answer: Response | null): number {
  const seconds = Number(answer?.headers.get("Retry-After") ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.min(MOST_PAUSE_MS, Math.max(LEAST_PAUSE_MS, seconds * 1000)) : USUAL_PAUSE_MS;
}

/** Why there is no video yet; null where there is one. Its first byte is asked for: all of it is the element's matter. */
async function missing(answer: Response): Promise<ApiProblem | null> {
  if (answer.ok) {
    await answer.body?.cancel();
    return null;
  }
  const body: unknown = await answer.json().catch(() => null);
  return problemFrom(answer.status, body);
}

/**
 * Wait for a video that this browser plays, and tell meanwhile what is the matter; null where there will be none.
 * `tell(null)` takes back what was told.
 */
export async function playedVideo(jobId: string, signal: AbortSignal, tell: (words: string | null) => void): Promise<PlayedVideo | null> {
  const url = playbackUrl(jobId);
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    const answer = await fetch(url, { headers: { Range: "bytes=0-0" }, signal }).catch(() => null);
    if (isOver()) return null;
    const problem = answer === null ? null : await missing(answer);
    if (answer !== null && problem === null) {
      const size = await playedSize(url, signal);
      tell(size === null && !isOver() ? NOT_PLAYED_HERE : null);
      return size === null ? null : { url, size };
    }
    if (problem !== null && problem.code !== "NOT_READY" && !problem.retryable) {
      // A single picture, however its file is called, is shown by its preview.
      if (problem.code === "NOT_A_VIDEO") return null;
      tell(`The video can't be played: ${problem.detail} Its stored preview pictures are shown instead.`);
      return null;
    }
    tell(problem?.code === "NOT_READY" ? IN_THE_MAKING : UNREACHABLE);
    await pause(pauseOf(answer), signal);
  }
  return null;
}

/** The input, where this browser plays it as it is: a job that runs has no other video. */
export async function playedInput(jobId: string, signal: AbortSignal): Promise<PlayedVideo | null> {
  const url = inputUrl(jobId);
  const size = await playedSize(url, signal);
  return size === null ? null : { url, size };
}
