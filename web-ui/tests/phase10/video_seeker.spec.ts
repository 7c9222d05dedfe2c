/** A video that is sent from one moment to another tells what it shows in the end. */
import { expect, onTestFinished, test } from "vitest";

import harbour from "../../../plugins/samples/harbour.webm?url";
import { VideoSeeker } from "../../src/components/frame/video_seeker.ts";

const FRAME_MS = 40;

/** A seeker of the sample, and the frames that it has told of, each with whether that was certain. */
function opened(prepare: (video: HTMLVideoElement) => void): { seeker: VideoSeeker; told: [number, boolean][] } {
  const video = document.createElement("video");
  video.muted = true;
  document.body.append(video);
  prepare(video);
  const told: [number, boolean][] = [];
  const seeker = new VideoSeeker(video, {
    onFrame: (timeMs, isSettled) => void told.push([Math.floor((timeMs + 1) / FRAME_MS), isSettled]),
    onEnded: () => undefined,
    onFailed: () => undefined,
  });
  onTestFinished(() => {
    seeker.close();
    video.remove();
  });
  return { seeker, told };
}

test("a wish that falls on the very end of the seek before it is heard", async () => {
  let next = (): void => undefined;
  const { seeker, told } = opened((video) => video.addEventListener("seeked", () => next()));
  seeker.seek(harbour, 20);
  await expect.poll(() => told.at(-1)).toEqual([0, true]);

  next = () => {
    next = () => undefined;
    // The element is not on its way any more, and is about to say so.
    seeker.seek(harbour, 200 * FRAME_MS + 20);
  };
  seeker.seek(harbour, 100 * FRAME_MS + 20);

  await expect.poll(() => told.at(-1)).toEqual([200, true]);
});

test("many wishes at once end at the last of them", async () => {
  const { seeker, told } = opened(() => undefined);
  for (const frame of [10, 200, 30, 180, 55, 120]) seeker.seek(harbour, frame * FRAME_MS + 20);

  await expect.poll(() => told.at(-1)).toEqual([120, true]);
});
