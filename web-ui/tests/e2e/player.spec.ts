/**
 * The player of a job's page is exact to the frame: the picture that is on the screen, the boxes on it, and the frame
 * whose boxes those are said to be, are always of one and the same frame.
 *
 * The video's frames carry their own number as bars, and the tool draws its box a pixel farther right in each frame.
 */
import type { Page } from "@playwright/test";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect, ROOT, test } from "./stack.ts";
import { submit, WatchedJob } from "./watched_job.ts";

/** What one look at the canvas saw; null where it can't be read. */
interface Look {
  /** The number that the bars of the picture say. */
  picture: number | null;
  /** The frame whose box lies there. */
  box: number | null;
  /** The frame that the overlay says it drew. */
  said: number | null;
  /** The number that the video element's own picture says. */
  video: number | null;
}

declare global {
  interface Window {
    look: () => Look;
    watchAll: (milliseconds: number) => Promise<Look[]>;
  }
}

/** In the page: reads pixels, in one animation frame or one callback of a video's frame. */
function bringEyes(): void {
  const [WIDTH, HEIGHT, BITS] = [320, 160, 10];
  const small = document.createElement("canvas");
  [small.width, small.height] = [WIDTH, HEIGHT];

  /** The number of this picture, which is drawn to its own size. */
  function numberOf(context: CanvasRenderingContext2D): number | null {
    let number = 0;
    for (let bit = 0; bit < BITS; bit += 1) {
      const x = Math.round((bit + 0.5) * (WIDTH / BITS));
      const upper = context.getImageData(x, HEIGHT * 0.625, 1, 1).data[1] ?? 0;
      const lower = context.getImageData(x, HEIGHT * 0.875, 1, 1).data[1] ?? 0;
      if (Math.abs(upper - lower) < 128) return null;
      number = 2 * number + (upper > lower ? 1 : 0);
    }
    return number;
  }

  /** The frame whose box is on the canvas: the upper half is grey, and the line around the box is not. */
  function boxOf(canvas: HTMLCanvasElement, left: number, top: number, scale: number): number | null {
    const row = document.createElement("canvas");
    [row.width, row.height] = [canvas.width, 1];
    const context = row.getContext("2d", { willReadFrequently: true });
    if (context === null) return null;
    context.drawImage(canvas, 0, Math.round(top + 5 * scale), canvas.width, 1, 0, 0, canvas.width, 1);
    const { data } = context.getImageData(0, 0, canvas.width, 1);
    const differs = (x: number): boolean => [0, 1, 2].some((part) => Math.abs((data[4 * x + part] ?? 0) - 128) > 40);
    const within = Array.from({ length: Math.floor(WIDTH * scale) - 2 }, (_, x) => Math.ceil(left) + x + 1);
    // By its right side: of the first frame's box the line on the left is outside of the picture. Half of the line is
    // two pixels of the page.
    const right = within.findLast(differs);
    return right === undefined ? null : Math.round((right + 1 - 2 * devicePixelRatio - left) / scale) - 10;
  }

  window.look = () => {
    const canvas = document.querySelector<HTMLCanvasElement>(".frame-view__canvas");
    const video = document.querySelector<HTMLVideoElement>(".frame-view__video");
    const context = small.getContext("2d", { willReadFrequently: true });
    if (canvas === null || video === null || context === null) throw new Error("There is nothing to look at.");
    const scale = Math.min(canvas.width / WIDTH, canvas.height / HEIGHT);
    const [wide, high] = [WIDTH * scale, HEIGHT * scale];
    const [left, top] = [(canvas.width - wide) / 2, (canvas.height - high) / 2];
    context.drawImage(canvas, left, top, wide, high, 0, 0, WIDTH, HEIGHT);
    const [picture, box] = [numberOf(context), boxOf(canvas, left, top, scale)];
    const said = canvas.dataset.frameIndex === undefined ? null : Number(canvas.dataset.frameIndex);
    context.drawImage(video, 0, 0, WIDTH, HEIGHT);
    return { picture, box, said, video: numberOf(context) };
  };

  window.watchAll = (milliseconds) => {
    const seen: Look[] = [];
    const end = performance.now() + milliseconds;
    const video = document.querySelector<HTMLVideoElement>(".frame-view__video");
    let hasEnded = false;
    video?.addEventListener("ended", () => (hasEnded = true), { once: true });
    // A slow machine shows few: that some follow one another is what is waited for.
    const isOver = () =>
      performance.now() >= end && (hasEnded || new Set(seen.map(({ picture }) => picture)).size > 3);
    return new Promise((resolve) => {
      const onFrame = () => {
        seen.push(window.look());
        if (isOver()) resolve(seen);
        else requestAnimationFrame(onFrame);
      };
      const onVideoFrame = () => {
        seen.push(window.look());
        if (!isOver()) video?.requestVideoFrameCallback(onVideoFrame);
      };
      video?.requestVideoFrameCallback(onVideoFrame);
      requestAnimationFrame(onFrame);
    });
  };
}

const FRAMES = 250;

/** A job over a numbered video that has ended, with its player before one's eyes. */
async function playerOf(page: Page, file: string, pace: string, firstMs = 0, frames = FRAMES): Promise<WatchedJob> {
  const script = fileURLToPath(new URL("numbered_video.py", import.meta.url));
  const env = { ...process.env, PYTHONPATH: ROOT };
  execFileSync(join(ROOT, ".venv/bin/python"), [script, file, String(frames), pace, String(firstMs)], { env });
  const job = new WatchedJob(page);
  await page.goto(`/jobs/${await submit(page, { plugin: "sleepy", options: '{"ms": 0}' }, { file })}`);
  await job.endsWithAllFrames(frames);
  await page.evaluate(bringEyes);
  await page.getByRole("checkbox", { name: "labels" }).uncheck();
  await page.getByRole("checkbox", { name: "tracks" }).uncheck();
  await page.getByRole("button", { name: "Downloads and more" }).hover();
  return job;
}

/** Every look saw one and the same frame. */
function expectExact(seen: readonly Look[]): void {
  const wrong = seen
    .filter(({ picture, box, said }) => picture === null || picture !== said || picture !== box)
    .map((look) => JSON.stringify(look));
  expect(wrong).toEqual([]);
}

/** It stands at this frame: picture, box, words and the video itself. */
async function expectFrame(page: Page, index: number): Promise<void> {
  const looks = expect.poll(() => page.evaluate(() => window.look()), { intervals: [50, 100] });
  await looks.toEqual({ picture: index, box: index, said: index, video: index });
}

for (const [what, pace, firstMs] of [
  ["a steady video", "25", 0],
  ["a video whose pace changes", "variable", 0],
  ["a video whose times do not begin at zero", "30", 1_700],
] as const) {
  test(`${what} plays with the boxes of the very frame that is seen, at any speed and after every seek`, async ({ page }, info) => {
    test.setTimeout(300_000);
    const job = await playerOf(page, info.outputPath("numbered.webm"), pace, firstMs);

    // While it plays.
    for (const speed of ["1", "2", "0.25", "4"]) {
      await job.timeline.press("Home");
      await expectFrame(page, 0);
      await page.getByRole("combobox", { name: "Speed" }).selectOption(speed);
      // Watched from before it plays: on a slow machine the fastest is over soon.
      const [seen] = await Promise.all([
        page.evaluate(() => window.watchAll(1_200)),
        page.getByRole("button", { name: "Play", exact: true }).click(),
      ]);
      await page.getByRole("button", { name: "Pause" }).or(page.getByRole("button", { name: "Play", exact: true })).click();
      expectExact(seen);
      expect(new Set(seen.map(({ picture }) => picture)).size).toBeGreaterThan(1);
      if (await page.getByRole("button", { name: "Pause" }).isVisible()) await page.keyboard.press("Space");
    }

    // Stopped anywhere, stepped on and back, one frame each.
    await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible();
    for (const place of [0.1, 0.33, 0.5, 0.77, 0.96]) {
      const box = await job.timeline.boundingBox();
      await job.timeline.click({ position: { x: (box?.width ?? 0) * place, y: 5 } });
      const at = await job.place();
      expect(Math.abs(at - FRAMES * place)).toBeLessThan(3);
      await expectFrame(page, at);
      await job.timeline.blur();
      for (const [key, index] of [["ArrowRight", at + 1], ["ArrowRight", at + 2], ["ArrowLeft", at + 1], ["ArrowLeft", at], ["ArrowLeft", at - 1]] as const) {
        await page.keyboard.press(key);
        await expectFrame(page, index);
      }
    }

    // To its end, where it stands at the last frame; from there it begins anew.
    await job.timeline.press("End");
    for (let back = 0; back < 2; back += 1) await job.timeline.press("PageDown");
    await expectFrame(page, FRAMES - 21);
    await page.getByRole("combobox", { name: "Speed" }).selectOption("1");
    await job.timeline.focus();
    await page.keyboard.press("Space");
    await expectFrame(page, FRAMES - 1);
    await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible();
    await page.keyboard.press("Space");
    await expect.poll(() => job.frameIndex()).toBeLessThan(FRAMES - 21);
    expectExact(await page.evaluate(() => window.watchAll(500)));
  });
}
