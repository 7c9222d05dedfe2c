/** What the overlay draws: the picture with its boxes exactly where they are, and only what was asked for. */
import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";

import { colourOf } from "../../src/components/frame/palette.ts";
import { beginning, message, statusMessage, warnings } from "../../src/stories/made/job.ts";
import { wholeRecording } from "../../src/stories/made/recording.ts";
import { colourAt, plainFrame, untilFrame, watch } from "./watched_overlay.ts";

const GREY = "#808080";
const MOVING = colourOf("moving");

test("a box lies on the pixels that the tool named, over the picture of its frame", async () => {
  const overlay = await watch();

  overlay.say(...beginning(), plainFrame(3, GREY));
  await untilFrame(overlay, 3);

  await expect.poll(() => colourAt(overlay, 300, 100)).toBe(MOVING);
  expect(colourAt(overlay, 100, 100)).toBe(MOVING);
  expect(colourAt(overlay, 200, 150)).toBe(MOVING);
  expect(colourAt(overlay, 200, 100)).toBe(GREY);
  expect(colourAt(overlay, 350, 180)).toBe(GREY);
});

test("over a picture smaller than the input a box lies where it is in the input", async () => {
  const overlay = await watch();

  overlay.say(...beginning(), plainFrame(3, GREY, {}, { width: 800, height: 400 }));
  await untilFrame(overlay, 3);

  await expect.poll(() => colourAt(overlay, 150, 50)).toBe(MOVING);
  expect(colourAt(overlay, 50, 50)).toBe(MOVING);
  expect(colourAt(overlay, 300, 100)).toBe(GREY);
});

test("the picture is not distorted: as far from one edge of its room as from the other, in its own shape", async () => {
  const overlay = await watch();
  overlay.say(...beginning(), plainFrame(3, GREY));
  await untilFrame(overlay, 3);

  await expect.poll(() => colourAt(overlay, 1, 1)).toBe(GREY);
  expect(colourAt(overlay, 399, 199)).toBe(GREY);
  const { clientWidth, clientHeight } = overlay.canvas();
  expect(clientWidth / clientHeight).not.toBeCloseTo(2, 1);
  expect([colourAt(overlay, 200, -3), colourAt(overlay, 200, 203)]).not.toContain(GREY);
});

test("boxes go when their switch is off, and come back", async () => {
  const overlay = await watch();
  overlay.say(...beginning(), plainFrame(3, GREY));
  await expect.poll(() => colourAt(overlay, 300, 100)).toBe(MOVING);

  const boxes = overlay.screen.getByRole("checkbox", { name: "boxes" });
  await expect.element(boxes).toHaveAttribute("id", "toggle-boxes");
  await boxes.click();
  await expect.poll(() => colourAt(overlay, 300, 100)).toBe(GREY);

  await boxes.click();
  await expect.poll(() => colourAt(overlay, 300, 100)).toBe(MOVING);
});

test("labels go when their switch is off", async () => {
  const overlay = await watch();
  overlay.say(...beginning(), plainFrame(3, GREY));
  // Within the label, above the box's corner and left of its text.
  await expect.poll(() => colourAt(overlay, 100.5, 47)).toBe(MOVING);

  await overlay.screen.getByRole("checkbox", { name: "labels" }).click();

  await expect.poll(() => colourAt(overlay, 100.5, 47)).toBe(GREY);
});

test("what is less sure than was asked for is neither drawn nor listed", async () => {
  const overlay = await watch();
  overlay.say(
    ...beginning(),
    plainFrame(3, GREY, {
      boxes: [
        { x1: 20, y1: 50, x2: 120, y2: 150 },
        { x1: 250, y1: 50, x2: 350, y2: 150 },
      ],
      scores: [0.3, 0.9],
      labels: ["moving", "moving"],
    }),
  );
  await expect.poll(() => colourAt(overlay, 120, 100)).toBe(MOVING);

  await overlay.screen.getByRole("slider", { name: "Least confidence" }).fill("0.5");

  await expect.poll(() => colourAt(overlay, 120, 100)).toBe(GREY);
  expect(colourAt(overlay, 250, 100)).toBe(MOVING);
  await expect.element(overlay.screen.getByText("1 less sure hidden")).toBeVisible();
});

test("a track leaves a trail over where it came from", async () => {
  const overlay = await watch();
  const at = (index: number) =>
    plainFrame(index, GREY, {
      boxes: [{ x1: 100 + index * 20, y1: 80, x2: 140 + index * 20, y2: 120 }],
      track_ids: [4],
    });
  overlay.say(...beginning(), ...Array.from({ length: 9 }, (_, index) => at(index)));
  await untilFrame(overlay, 8);
  await expect.poll(() => colourAt(overlay, 240, 100)).not.toBe(GREY);

  await overlay.screen.getByRole("checkbox", { name: "tracks" }).click();

  await expect.poll(() => colourAt(overlay, 240, 100)).toBe(GREY);
});

test("a layer that the result has not has no switch", async () => {
  const overlay = await watch();
  overlay.say(...beginning(), plainFrame(3, GREY));
  await untilFrame(overlay, 3);

  await expect.element(overlay.screen.getByRole("checkbox", { name: "boxes" })).toBeVisible();
  expect(overlay.screen.container.querySelector("#toggle-tracks")).toBeNull();
});

test("the switches of a layer stay while a frame without it is shown", async () => {
  const counts = wholeRecording.counts?.map((count, index) => (index === 0 ? 0 : count)) ?? null;
  const empty = { frame_index: 0, timestamp_ms: 0, boxes: [], scores: [], labels: [] };
  const overlay = await watch({
    recording: { ...wholeRecording, counts, frame: (index) => (index === 0 ? empty : wholeRecording.frame(index)) },
  });
  overlay.say(...beginning(), statusMessage("done", { progress: 100 }));
  // It opens where something was found.
  await untilFrame(overlay, 1);
  await userEvent.keyboard("{Home}");
  await untilFrame(overlay, 0);

  await expect.element(overlay.screen.getByRole("checkbox", { name: "boxes" })).toBeVisible();
  await expect.element(overlay.screen.getByRole("checkbox", { name: "labels" })).toBeVisible();
  await expect.element(overlay.screen.getByText("The timeline shows where there is something.")).toBeVisible();
});

test("a result without any box has no switch for boxes, and does not send one to look for them", async () => {
  const overlay = await watch();
  overlay.say(...beginning(), plainFrame(3, GREY, { boxes: [], scores: [], labels: [] }));
  await untilFrame(overlay, 3);
  await expect.element(overlay.screen.getByText("Nothing has been found so far.")).toBeVisible();

  expect(overlay.screen.container.querySelector("#toggle-boxes")).toBeNull();
});

test("the number of the shown frame, how sure and how fast are told in words", async () => {
  const overlay = await watch({ recording: wholeRecording });
  overlay.say(...beginning(), statusMessage("done", { progress: 100 }));
  await untilFrame(overlay, 0);
  await userEvent.keyboard("{ArrowRight}");

  const controls = overlay.screen.getByRole("group", { name: "Playback and view" });
  await expect.element(controls.getByText("frame 1", { exact: true })).toBeVisible();
  await expect.element(controls.getByText("Confidence ≥ 0.00")).toBeVisible();
  const speed = controls.getByRole("combobox", { name: "Speed" });
  await expect.element(speed).toHaveDisplayValue("1×");
  await userEvent.keyboard(">");
  await expect.element(speed).toHaveDisplayValue("1.5×");
  await speed.selectOptions("4×");
  await expect.element(speed).toHaveDisplayValue("4×");
  // How fast one is played says nothing about how the next one is drawn.
  expect(localStorage.getItem("forgesyte_fps_target")).toBeNull();
});

test("a frame without a picture of its own keeps that of the last one, with that one's boxes", async () => {
  const overlay = await watch();
  overlay.say(...beginning(), plainFrame(3, GREY));
  await untilFrame(overlay, 3);

  const next = plainFrame(4, GREY, { boxes: [{ x1: 10, y1: 10, x2: 50, y2: 50 }] });
  overlay.say(message("frame", { ...next.payload, image_url: null } as never));

  await expect.element(overlay.screen.getByRole("img", { name: /^Frame 3/ })).toBeVisible();
  await expect.poll(() => colourAt(overlay, 300, 100)).toBe(MOVING);
});

test("the picture says in words what is in it", async () => {
  const overlay = await watch();

  overlay.say(...beginning(), plainFrame(12, GREY));

  await expect
    .element(overlay.screen.getByRole("img", { name: "Frame 12 at 00:01.2: 1 moving" }))
    .toBeVisible();
});

test("pointing at a box tells about it and lights its row; pointing at the row lights the box", async () => {
  const overlay = await watch();
  overlay.say(...beginning(), plainFrame(3, GREY, { track_ids: [4] }));
  await untilFrame(overlay, 3);
  const row = overlay.screen.getByRole("row", { name: /moving/ });

  await overlay.screen.getByRole("img", { name: /^Frame 3/ }).hover();
  await expect.element(overlay.screen.getByText("track 4 · 200 × 100 at 100, 50")).toBeVisible();
  await expect.element(row).toHaveAttribute("data-lit");

  await overlay.screen.getByRole("heading", { name: "Job" }).hover();
  await expect.poll(() => colourAt(overlay, 200, 120)).toBe(GREY);

  await row.hover();
  await expect.poll(() => colourAt(overlay, 200, 120)).not.toBe(GREY);
});

test("the wheel and the keys bring the picture nearer, and 0 shows all of it again", async () => {
  const overlay = await watch();
  overlay.say(...beginning(), plainFrame(3, GREY));
  await expect.poll(() => colourAt(overlay, 300, 100)).toBe(MOVING);

  await userEvent.keyboard("++++");
  await expect.element(overlay.screen.getByRole("button", { name: "2.4 ×: fit the picture" })).toBeVisible();
  await expect.poll(() => colourAt(overlay, 300, 100)).not.toBe(MOVING);

  await userEvent.keyboard("0");
  await expect.poll(() => colourAt(overlay, 300, 100)).toBe(MOVING);

  overlay.canvas().dispatchEvent(new WheelEvent("wheel", { deltaY: -400, clientX: 500, clientY: 400, bubbles: true, cancelable: true }));
  await expect.element(overlay.screen.getByRole("button", { name: "1.9 ×: fit the picture" })).toBeVisible();
});

test("the buttons bring the picture nearer, farther and back to all of it, as far as there is to go", async () => {
  const overlay = await watch();
  overlay.say(...beginning(), plainFrame(3, GREY));
  await expect.poll(() => colourAt(overlay, 300, 100)).toBe(MOVING);
  const [farther, all, nearer] = ["Farther", /fit the picture$/i, "Nearer"].map((name) => overlay.screen.getByRole("button", { name }));
  if (farther === undefined || all === undefined || nearer === undefined) throw new Error("A button is missing");
  await expect.element(farther).toBeDisabled();
  await expect.element(all).toHaveTextContent("Fit");
  await expect.element(nearer).toHaveAttribute("title", "Nearer (+)");

  await nearer.click();
  await nearer.click();
  await expect.element(all).toHaveTextContent("1.6 ×");
  await expect.poll(() => colourAt(overlay, 300, 100)).not.toBe(MOVING);
  await farther.click();
  await expect.element(all).toHaveTextContent("1.3 ×");

  await all.click();
  await expect.element(all).toHaveTextContent("Fit");
  await expect.element(farther).toBeDisabled();
  await expect.poll(() => colourAt(overlay, 300, 100)).toBe(MOVING);
  for (let step = 0; step < 16; step += 1) await nearer.click();
  await expect.element(nearer).toBeDisabled();
  await expect.element(all).toHaveTextContent("32.0 ×");
});

test("the switch for tracks is there as soon as any frame that is known has them, whichever is shown", async () => {
  const overlay = await watch({ recording: { ...wholeRecording, hasTracks: false } });
  overlay.say(...beginning(), plainFrame(3, GREY));
  await untilFrame(overlay, 3);
  expect(overlay.screen.container.querySelector("#toggle-tracks")).toBeNull();
  await overlay.screen.getByRole("button", { name: "Pause" }).click();

  overlay.say(plainFrame(4, GREY, { track_ids: [4] }));

  await expect.element(overlay.screen.getByRole("checkbox", { name: "tracks" })).toBeVisible();
  await expect.element(overlay.screen.getByRole("img", { name: /^Frame 3 / })).toBeVisible();
  await overlay.screen.unmount();

  const first = { frame_index: 0, timestamp_ms: 0, boxes: [], scores: [], labels: [] };
  const frame = (index: number) => (index === 0 ? first : wholeRecording.frame(index));
  const recorded = await watch({ recording: { ...wholeRecording, frame, hasTracks: true } });
  recorded.say(...beginning(), statusMessage("done", { progress: 100 }));
  await untilFrame(recorded, 0);
  await expect.element(recorded.screen.getByRole("checkbox", { name: "tracks" })).toBeVisible();
});

test("frames with a warning are marked on the timeline, in their place and by a shape of their own", async () => {
  const overlay = await watch({ recording: wholeRecording });
  overlay.say(...beginning(), ...warnings(), statusMessage("done", { progress: 100 }));
  const marks = () => [...overlay.screen.container.querySelectorAll<HTMLElement>(".timeline .timeline__warning")];

  await expect.poll(() => marks().map(({ title }) => title)).toEqual(["Frame 20: a warning", "Frame 132: a warning"]);
  const { left, width } = overlay.screen.getByRole("slider", { name: "Timeline" }).element().getBoundingClientRect();
  const places = marks().map((mark) => {
    const box = mark.getBoundingClientRect();
    return Math.round((((box.left + box.right) / 2 - left) / width) * (wholeRecording.frameCount) - 0.5);
  });
  expect(places).toEqual([20, 132]);
  expect(marks().map((mark) => getComputedStyle(mark).clipPath.startsWith("polygon"))).toEqual([true, true]);
  await expect.element(overlay.screen.getByText("2 frames with warnings")).toBeVisible();

  await overlay.screen.getByRole("tab", { name: /Warnings/ }).click();
  await overlay.screen.getByRole("button", { name: "frame 20", exact: true }).click();
  await expect.element(overlay.screen.getByRole("slider", { name: "Timeline" })).toHaveAttribute("aria-valuetext", "Frame 20 of 410, 00:02.0, with a warning");
});

test("before the first frame it says why there is none", async () => {
  const overlay = await watch();
  await expect.element(overlay.screen.getByText("Opening the job…")).toBeInTheDocument();

  overlay.say(statusMessage("queued"));
  await expect.element(overlay.screen.getByText("Waiting for a free worker")).toBeVisible();

  overlay.say(statusMessage("running"));
  await expect.element(overlay.screen.getByText("The first frame is being worked on")).toBeVisible();
});
