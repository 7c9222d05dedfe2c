/** The overlay follows the job, lets a person look back meanwhile, and says how the connection is. */
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { userEvent } from "vitest/browser";

import harbour from "../../../plugins/samples/harbour.webm?url";
import type { Recording } from "../../src/components/recording.ts";
import {
  beginning,
  frameMessage,
  framesUpTo,
  message,
  NOW,
  progressMessage,
  statusMessage,
  warnings,
} from "../../src/stories/made/job.ts";
import { wholeRecording } from "../../src/stories/made/recording.ts";
import { pictureOf } from "../../src/stories/made/scene.ts";
import { untilFrame, watch } from "./watched_overlay.ts";

const FPS_KEY = "forgesyte_fps_target";
const LOST = { code: "CONNECTION_LOST", message: "Transom can't be reached.", final: false };

beforeEach(() => localStorage.removeItem(FPS_KEY));

test("the newest frame takes the place of the one before", async () => {
  const overlay = await watch();
  overlay.say(...beginning(), frameMessage(0));
  await untilFrame(overlay, 0);

  overlay.say(frameMessage(1));

  await untilFrame(overlay, 1);
});

test("who steps back stays there while new frames come, and L returns to them", async () => {
  const overlay = await watch();
  overlay.say(...beginning(), ...framesUpTo(41));
  await untilFrame(overlay, 40);

  await userEvent.keyboard("{ArrowLeft}");
  await untilFrame(overlay, 39);
  overlay.say(frameMessage(41), frameMessage(42));
  await expect.element(overlay.screen.getByRole("slider", { name: "Timeline" })).toHaveAttribute("aria-valuemax", "42");
  await untilFrame(overlay, 39);
  await expect.element(overlay.screen.getByRole("button", { name: "Back to live" })).toBeVisible();

  await userEvent.keyboard("l");
  await untilFrame(overlay, 42);
});

test("boxes over an earlier frame's picture are not shown without a word", async () => {
  const overlay = await watch();
  overlay.say(...beginning(), ...framesUpTo(41));
  await untilFrame(overlay, 40);

  await userEvent.keyboard("{ArrowLeft}");

  await expect.element(overlay.screen.getByText("The picture is frame 20; the boxes are those of frame 39.")).toBeVisible();
});

test("the timeline is dragged, clicked and driven by keys", async () => {
  const overlay = await watch();
  overlay.say(...beginning(), ...framesUpTo(41), progressMessage(100, { frames_total: 41 }));
  const timeline = overlay.screen.getByRole("slider", { name: "Timeline" });
  await untilFrame(overlay, 40);

  await timeline.click({ position: { x: 1, y: 5 } });
  await untilFrame(overlay, 0);

  await userEvent.keyboard("{ArrowRight}{PageUp}");
  await untilFrame(overlay, 11);
  await userEvent.keyboard("{Home}");
  await untilFrame(overlay, 0);
  await expect.element(timeline).toHaveAttribute("aria-valuetext", "Frame 0 of 41, 00:00.0");
});

test("space holds the picture still while the job goes on", async () => {
  const overlay = await watch();
  overlay.say(...beginning(), ...framesUpTo(6));
  await untilFrame(overlay, 5);

  await userEvent.keyboard(" ");
  overlay.say(frameMessage(6));

  await expect.element(overlay.screen.getByRole("slider", { name: "Timeline" })).toHaveAttribute("aria-valuemax", "6");
  await untilFrame(overlay, 5);
  await expect.element(overlay.screen.getByRole("button", { name: "Play" })).toBeVisible();
});

test("who holds the picture still while the job runs keeps that picture, not an older one that is kept", async () => {
  const listed: Recording = { ...wholeRecording, frameCount: 3, picture: () => ({ kind: "preview", url: pictureOf(2), frameIndex: 2 }) };
  const overlay = await watch({ recording: listed });
  overlay.say(...beginning(), ...framesUpTo(6));
  await untilFrame(overlay, 5);

  await userEvent.keyboard(" ");
  overlay.say(frameMessage(6));

  await expect.element(overlay.screen.getByRole("slider", { name: "Timeline" })).toHaveAttribute("aria-valuemax", "6");
  await untilFrame(overlay, 5);
  await expect.element(overlay.screen.getByText(/^The picture is frame/)).not.toBeInTheDocument();
});

test("an ended job plays from its first frame to its last", async () => {
  const frames = 12;
  const recording: Recording = { ...wholeRecording, frameCount: frames };
  const overlay = await watch({ recording });
  overlay.say(...beginning(), statusMessage("done", { progress: 100 }));
  await untilFrame(overlay, 0);

  await userEvent.keyboard(" ");
  await expect.element(overlay.screen.getByRole("button", { name: "Pause" })).toBeVisible();

  await untilFrame(overlay, frames - 1);
  await expect.element(overlay.screen.getByRole("button", { name: "Play" })).toBeVisible();
});

/** The sample video: ten seconds at 25 frames a second. */
const filmed: Recording = {
  ...wholeRecording,
  inputSize: { width: 640, height: 360 },
  frameCount: 250,
  frame: (index) => {
    const frame = wholeRecording.frame(index);
    return index < 250 && frame ? { ...frame, timestamp_ms: index * 40 } : undefined;
  },
  time: (index) => (index >= 0 && index < 250 ? index * 40 : null),
  indexAt: (timeMs) => (timeMs >= 250 * 40 ? null : Math.max(0, Math.floor((timeMs + 1) / 40))),
  picture: () => ({ kind: "video", url: harbour, type: "video/webm" }),
};

/** The frames that the browser puts on the screen, by the video's own clock. */
function framesOnScreen(video: HTMLVideoElement): number[] {
  const frames: number[] = [];
  const follow = (): void =>
    void video.requestVideoFrameCallback((_now, { mediaTime }) => {
      frames.push(Math.round(mediaTime * 25));
      follow();
    });
  follow();
  return frames;
}

/** The film in an overlay, and the frames of it that come to the screen. */
async function film() {
  const overlay = await watch({ recording: filmed });
  const video = overlay.screen.container.querySelector("video");
  if (video === null) throw new Error("There is no video");
  return { overlay, video, onScreen: framesOnScreen(video) };
}

/** The same after the job's end, at its first frame. */
async function endedFilm() {
  const { overlay, video, onScreen } = await film();
  overlay.say(...beginning(), statusMessage("done", { progress: 100 }));
  await untilFrame(overlay, 0);
  await expect.poll(() => onScreen.at(-1)).toBe(0);
  return { overlay, video, onScreen };
}

test("over a video the boxes are those of the very frame that the browser shows", async () => {
  const { overlay, onScreen } = await endedFilm();

  const timeline = overlay.screen.getByRole("slider", { name: "Timeline" });
  for (const part of [0.5, 0.1, 0.93]) {
    await timeline.click({ position: { x: Math.round(timeline.element().clientWidth * part), y: 5 } });
    const asked = Number(timeline.element().getAttribute("aria-valuenow"));
    await untilFrame(overlay, asked);
    await expect.poll(() => onScreen.at(-1)).toBe(asked);
    await userEvent.keyboard("{ArrowRight}");
    await untilFrame(overlay, asked + 1);
    await expect.poll(() => onScreen.at(-1)).toBe(asked + 1);
  }
});

/** What is done with every wish for another moment; the video says that it is where it was wished to be. */
function seeksGoTo(video: HTMLVideoElement, place: (seconds: number) => number): void {
  const real = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "currentTime");
  let short = 0;
  Object.defineProperty(video, "currentTime", {
    get: () => (real?.get?.call(video) as number) + short,
    set: (seconds: number) => {
      const to = place(seconds);
      short = seconds - to;
      real?.set?.call(video, to);
    },
  });
}

/**
 * As Chromium is when it is busy: a seek is said to have ended while the picture before it is still the one that is
 * there, and the new one is told of as late as it comes.
 */
function pictureComesAfter(milliseconds: number, video: HTMLVideoElement): void {
  onTestFinished(() => void vi.unstubAllGlobals());
  const Frame = window.VideoFrame;
  const timestamp = (): number => {
    const frame = new Frame(video);
    frame.close();
    return frame.timestamp;
  };
  let [before, lateUntil] = [0, 0];
  seeksGoTo(video, (seconds) => {
    if (performance.now() >= lateUntil) before = timestamp();
    lateUntil = Number.POSITIVE_INFINITY;
    return seconds;
  });
  video.addEventListener("seeked", () => (lateUntil = performance.now() + milliseconds), { capture: true });
  const told = video.requestVideoFrameCallback.bind(video);
  video.requestVideoFrameCallback = (tell) =>
    told((now, about) => setTimeout(() => tell(now, about), 2 * milliseconds));
  vi.stubGlobal(
    "VideoFrame",
    class {
      timestamp = performance.now() < lateUntil ? before : timestamp();
      close = () => undefined;
    },
  );
}

test("a seek whose picture comes late ends at the frame that was asked for", async () => {
  const { overlay, video, onScreen } = await endedFilm();
  pictureComesAfter(60, video);

  const timeline = overlay.screen.getByRole("slider", { name: "Timeline" });
  for (const part of [0.5, 0.1]) {
    await timeline.click({ position: { x: Math.round(timeline.element().clientWidth * part), y: 5 } });
    const asked = Number(timeline.element().getAttribute("aria-valuenow"));
    await untilFrame(overlay, asked);
    await expect.poll(() => onScreen.at(-1)).toBe(asked);
  }
});

test.each([
  ["that can be asked what is there", (): unknown => undefined],
  ["that only tells of each picture", () => vi.stubGlobal("VideoFrame", undefined)],
])("in a browser %s and seeks not far enough, the frame is sought until it is there", async (_, prepare) => {
  prepare();
  onTestFinished(() => void vi.unstubAllGlobals());
  const { overlay, video, onScreen } = await endedFilm();
  seeksGoTo(video, (seconds) => seconds - 0.03);

  const timeline = overlay.screen.getByRole("slider", { name: "Timeline" });
  for (const part of [0.5, 0.1]) {
    await timeline.click({ position: { x: Math.round(timeline.element().clientWidth * part), y: 5 } });
    const asked = Number(timeline.element().getAttribute("aria-valuenow"));
    await expect.poll(() => onScreen.at(-1)).toBe(asked);
    await untilFrame(overlay, asked);
  }
});

test("after the end the frame that came last is seen as any other is: in the video", async () => {
  const { overlay, onScreen } = await film();
  overlay.say(...beginning(), ...framesUpTo(6));
  await untilFrame(overlay, 5);
  overlay.say(statusMessage("done", { progress: 100 }));
  await untilFrame(overlay, 5);

  for (const [key, index] of [["{ArrowLeft}", 4], ["{ArrowRight}", 5]] as const) {
    await userEvent.keyboard(key);
    await untilFrame(overlay, index);
    await expect.poll(() => onScreen.at(-1)).toBe(index);
  }
});

test("a video plays on to its end, and its frames only ever follow one another", async () => {
  const overlay = await watch({ recording: filmed });
  overlay.say(...beginning(), statusMessage("done", { progress: 100 }));
  await untilFrame(overlay, 0);
  const timeline = overlay.screen.getByRole("slider", { name: "Timeline" });
  await timeline.click({ position: { x: Math.round(timeline.element().clientWidth * 0.75), y: 5 } });
  const shown: number[] = [];
  const view = overlay.screen.container.querySelector(".frame-view");
  if (view === null) throw new Error("There is no view");
  const watcher = new MutationObserver(() => shown.push(Number(view.getAttribute("data-frame"))));
  watcher.observe(view, { attributeFilter: ["data-frame"] });

  await userEvent.keyboard(" ");

  await untilFrame(overlay, 249);
  watcher.disconnect();
  expect(shown.length).toBeGreaterThan(3);
  expect(shown).toEqual(shown.toSorted((a, b) => a - b));
  await expect.element(overlay.screen.getByRole("button", { name: "Play" })).toBeVisible();
});

test("a frame that is not there yet is asked for, and shown when it has come", async () => {
  let version = 0;
  let loaded = false;
  const asked: number[] = [];
  const listeners = new Set<() => void>();
  const recording: Recording = {
    ...wholeRecording,
    frame: (index) => (loaded ? wholeRecording.frame(index) : undefined),
    load: (index) => void asked.push(index),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    getVersion: () => version,
  };
  const overlay = await watch({ recording });
  overlay.say(...beginning(), statusMessage("done", { progress: 100 }));
  await expect.element(overlay.screen.getByText("Reading what was found in frame 0…")).toBeVisible();
  expect(asked).toContain(0);

  loaded = true;
  version += 1;
  for (const listener of listeners) listener();

  await expect.element(overlay.screen.getByRole("img", { name: /sailing boat/ })).toBeVisible();
});

test("warnings and errors are counted in their tabs and lead to their frames", async () => {
  const overlay = await watch();
  overlay.say(...beginning(), ...framesUpTo(41));
  await expect.element(overlay.screen.getByRole("tab", { name: "Warnings (0)" })).toBeVisible();

  overlay.say(...warnings(), message("error", { error: "The tool took too long over a frame", plugin: "people" }));

  await expect.element(overlay.screen.getByRole("tab", { name: "Errors (1)" })).toBeVisible();
  await overlay.screen.getByRole("tab", { name: "Warnings (3)" }).click();
  await expect.element(overlay.screen.getByText("Frame 132 is damaged and was skipped")).toBeVisible();
  await overlay.screen.getByRole("button", { name: "frame 20", exact: true }).click();
  await untilFrame(overlay, 20);
});

test("what is drawn live has a limit, and that is remembered", async () => {
  const overlay = await watch();
  const speed = overlay.screen.getByRole("slider", { name: "Frames a second" });
  await expect.element(speed).toHaveAttribute("id", "fps-slider");
  await expect.element(speed).toHaveValue("30");
  await expect.element(overlay.screen.getByText("Draw at most 30 fps")).toBeVisible();

  await speed.fill("60");
  expect(localStorage.getItem(FPS_KEY)).toBe("60");

  await overlay.screen.unmount();
  const again = await watch();
  await expect.element(again.screen.getByRole("slider", { name: "Frames a second" })).toHaveValue("60");
});

test("a number that stands still says so, and one that moves says how long it takes", async () => {
  const overlay = await watch({ now: Date.now() + 40_000 });
  overlay.say(...beginning(), progressMessage(50));
  await expect.element(overlay.screen.getByText(/^no progress for (3\d|40) s; the worker is alive$/)).toBeVisible();

  await overlay.screen.unmount();
  const moving = await watch();
  moving.say(...beginning(), progressMessage(50, { eta_seconds: 12 }));
  await expect.element(moving.screen.getByText("about 12 s left")).toBeVisible();
});

test("without a connection nothing is live: no time left is told, and the newest frame is the newest known", async () => {
  const overlay = await watch();
  overlay.say(...beginning(), frameMessage(0), progressMessage(50, { eta_seconds: 12 }));
  await expect.element(overlay.screen.getByText("about 12 s left")).toBeVisible();
  const liveColour = getComputedStyle(overlay.screen.getByRole("button", { name: "Live", exact: true }).element()).color;

  overlay.connect({ status: "RECONNECTING", attempt: 1, error: LOST });

  const newest = overlay.screen.getByRole("button", { name: "Newest known" });
  await expect.element(newest).toBeVisible();
  await expect.poll(() => getComputedStyle(newest.element()).color).not.toBe(liveColour);
  expect(overlay.screen.getByText("about 12 s left").query()).toBeNull();

  overlay.connect({});
  await expect.element(overlay.screen.getByText("about 12 s left")).toBeVisible();
});

test.for([
  ["done", 100, "250 frames"],
  ["cancelled", 40, "stopped after 100 of 250 frames"],
  ["error", 40, "stopped after 100 of 250 frames"],
] as const)("a job that is %s at %i %% has no stage and no live bar, and says: %s", async ([status, percent, words]) => {
  const overlay = await watch();
  const counts = { frames_done: percent * 2.5, frames_total: 250 };
  overlay.say(...beginning(), frameMessage(0), progressMessage(percent, { stage: "finishing", ...counts }));
  await expect.element(overlay.screen.getByText("finishing")).toBeVisible();
  const fill = () => getComputedStyle(overlay.screen.container.querySelector(".progress-bar__fill") ?? document.body);
  const liveColour = fill().backgroundColor;

  overlay.say(statusMessage(status, { progress: percent }));

  await expect.element(overlay.screen.getByText(words, { exact: true })).toBeVisible();
  expect(overlay.screen.getByText("finishing").query()).toBeNull();
  expect(fill().backgroundColor).not.toBe(liveColour);
});

test("a done job had as many frames as were worked on, also where the file's own count is lower", async () => {
  const overlay = await watch();
  overlay.say(...beginning(), progressMessage(100, { frames_done: 260, frames_total: 250 }));
  overlay.say(statusMessage("done", { progress: 100 }));

  await expect.element(overlay.screen.getByText("260 frames", { exact: true })).toBeVisible();
});

test("how many frames there are is told by the share that is done where nobody knows it, and moves no more than it must", async () => {
  const overlay = await watch();
  const say = (percent: number, done: number) =>
    overlay.say(progressMessage(percent, { frames_done: done, frames_total: null }));
  const timeline = overlay.screen.getByRole("slider", { name: "Timeline" });
  overlay.say(...beginning(), frameMessage(9));

  // One whole percent and less than two: 200 to 400 frames.
  say(1, 4);
  await expect.element(timeline).toHaveAttribute("aria-valuetext", "Frame 9 of 300, 00:00.9");
  say(10, 25);
  await expect.element(timeline).toHaveAttribute("aria-valuetext", "Frame 9 of 250, 00:00.9");
  say(34, 86);
  await expect.element(overlay.screen.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "34");
  await expect.element(timeline).toHaveAttribute("aria-valuetext", "Frame 9 of 250, 00:00.9");
  // A part with more frames a second.
  say(40, 150);
  await expect.element(timeline).toHaveAttribute("aria-valuetext", "Frame 9 of 366, 00:00.9");
});

test("how the job ended is said: what happened, what is safe, what comes next", async () => {
  const overlay = await watch();
  overlay.say(
    ...beginning(),
    frameMessage(0),
    statusMessage("error", { progress: 40, error: { error_code: "PLUGIN_CRASH", message: "The tool failed" } }),
  );

  const alert = overlay.screen.getByRole("alert");
  await expect.element(alert).toHaveTextContent("The tool failed");
  await expect.element(alert).toHaveTextContent("What was found in the first frame is kept.");
  await expect.element(alert).toHaveTextContent("PLUGIN_CRASH");
});

test("a failed job offers what to do next: the log, which is opened and comes into sight, and another run", async () => {
  const onRunAgain = vi.fn();
  const overlay = await watch({ onRunAgain });
  overlay.say(
    ...beginning(),
    frameMessage(0),
    statusMessage("error", { progress: 40, error: { error_code: "PLUGIN_CRASH", message: "The tool failed" } }),
  );
  const alert = overlay.screen.getByRole("alert");

  await alert.getByRole("button", { name: "Open the log" }).click();
  await expect.element(overlay.screen.getByRole("tab", { name: "Log" })).toHaveAttribute("aria-selected", "true");
  const log = overlay.screen.getByRole("region", { name: "Log", exact: true });
  await expect.element(log).toHaveFocus();
  await expect.element(log).toHaveTextContent("Failed: The tool failed");

  await alert.getByRole("button", { name: "Run it again" }).click();
  expect(onRunAgain).toHaveBeenCalledTimes(1);
});

test("a cancelled job offers another run, and a done one has no need to", async () => {
  const onRunAgain = vi.fn();
  const overlay = await watch({ onRunAgain });
  overlay.say(...beginning(), frameMessage(0), progressMessage(24), statusMessage("cancelled", { progress: 24 }));

  await overlay.screen.getByRole("button", { name: "Run it again" }).click();
  expect(onRunAgain).toHaveBeenCalledTimes(1);

  await overlay.screen.unmount();
  const done = await watch({ onRunAgain });
  done.say(...beginning(), frameMessage(0), statusMessage("done", { progress: 100 }));
  await expect.element(done.screen.getByText("Done").first()).toBeVisible();
  expect(done.screen.getByRole("button", { name: "Run it again" }).query()).toBeNull();
});

test.for([
  [{ status: "OPEN", transport: "websocket" }, "Live"],
  [
    { status: "OPEN", transport: "sse", fallback: "refused" },
    "Live over server-sent events: something on the way refuses WebSockets",
  ],
  [
    { status: "RECONNECTING", attempt: 2, retryAt: NOW + 4_000, error: LOST },
    "Connection lost. Trying again in 4 s (attempt 2 of 5)",
  ],
  [
    { status: "RECONNECTING", attempt: 1, offline: true, error: LOST },
    "Offline: this device has no network. The work goes on; this page catches up when the network is back.",
  ],
  [{ status: "CLOSED", attempt: 5, error: LOST }, "Gave up for now: Transom can't be reached."],
] as const)("a connection that is %o reads: %s", async ([connection, words]) => {
  const overlay = await watch({ now: NOW });
  overlay.say(...beginning());

  overlay.connect(connection);

  const line = () => overlay.screen.container.querySelector(".connection-line__words")?.textContent;
  await expect.poll(line).toBe(words);
});

test("who does not want to wait has it tried at once", async () => {
  const reconnect = vi.fn();
  const overlay = await watch({ now: NOW }, { reconnect });
  overlay.say(...beginning());
  overlay.connect({ status: "CLOSED", attempt: 5, error: LOST });

  await overlay.screen.getByRole("button", { name: "Try now" }).click();

  expect(reconnect).toHaveBeenCalledTimes(1);
});

test("? shows all keys, and Escape then closes only those", async () => {
  const onClose = vi.fn();
  const overlay = await watch({ onClose });

  await userEvent.keyboard("?");
  await expect.element(overlay.screen.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await userEvent.keyboard("{Escape}");

  await expect.element(overlay.screen.getByRole("dialog")).not.toBeInTheDocument();
  expect(onClose).not.toHaveBeenCalled();
});
