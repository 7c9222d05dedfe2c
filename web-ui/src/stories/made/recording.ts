/** A made recording: every frame of the made harbour, with its picture. */
import type { Recording } from "../../components/recording.ts";
import { foundIn, pictureOf, SCENE } from "./scene.ts";

const FRAME_MS = 1000 / SCENE.rate;

export const wholeRecording: Recording = {
  inputSize: { width: SCENE.width, height: SCENE.height },
  address: (url) => url,
  frameCount: SCENE.frames,
  frame: (index) => (index >= 0 && index < SCENE.frames ? foundInOnce(index) : undefined),
  load: () => undefined,
  time: (index) => (index >= 0 && index < SCENE.frames ? foundInOnce(index).timestamp_ms : null),
  indexAt: (timeMs) => (timeMs < 0 || timeMs >= SCENE.frames * FRAME_MS ? null : Math.round(timeMs / FRAME_MS)),
  picture: (index) => ({ kind: "preview", url: pictureOf(index), frameIndex: index }),
  counts: Array.from({ length: SCENE.frames }, (_, index) => foundIn(index).boxes.length),
  hasTracks: true,
  notice: null,
  pictureFailed: () => undefined,
  subscribe: () => () => undefined,
  getVersion: () => 0,
};

const found = new Map<number, ReturnType<typeof foundIn>>();

/** The same object for the same frame, as from a server's page that is kept. */
function foundInOnce(index: number): ReturnType<typeof foundIn> {
  const data = found.get(index) ?? foundIn(index);
  found.set(index, data);
  return data;
}
