/** Coming nearer to the picture, and moving about in it, with two fingers, with one, and with a mouse. */
import type { CDPSession, Page } from "@playwright/test";

import { expect, test } from "./stack.ts";
import { FRAMES, submit, WatchedJob } from "./watched_job.ts";

interface Point {
  x: number;
  y: number;
}

/** A job that is done, and the middle of its picture. */
async function shownPicture(page: Page): Promise<Point> {
  await page.goto(`/jobs/${await submit(page, { plugin: "sleepy", options: '{"ms": 0}' })}`);
  const job = new WatchedJob(page);
  await job.endsWithAllFrames();
  // What was shown last while it ran may be a picture of its own; of the last frame of all it is the video's.
  await job.timeline.press("End");
  await expect.poll(() => job.frameIndex()).toBe(FRAMES - 1);
  const isThere = (video: HTMLVideoElement) => video.readyState >= 2 && !video.seeking && video.currentTime > 0;
  await expect.poll(() => page.locator(".frame-view__video").evaluate(isThere)).toBe(true);
  const box = await job.picture.boundingBox();
  if (box === null) throw new Error("There is no picture.");
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** How near the picture is, as its button says. */
function nearness(page: Page) {
  return page.getByRole("button", { name: /fit the picture$/i });
}

/** What is in the middle of the picture, as pixels. */
function middle(page: Page): Promise<string> {
  return page.locator("canvas").evaluate((canvas: HTMLCanvasElement) => {
    const [x, y] = [Math.round(canvas.width / 2) - 20, Math.round(canvas.height / 2) - 20];
    return canvas.getContext("2d")?.getImageData(x, y, 40, 40).data.join() ?? "";
  });
}

/** The same, as soon as nothing changes it any more. */
async function settledMiddle(page: Page): Promise<string> {
  let last = "";
  const isSame = async () => {
    const before = last;
    last = await middle(page);
    return last === before;
  };
  await expect.poll(isSame, { intervals: [400] }).toBe(true);
  return last;
}

/** Fingers put down, moved in steps, and lifted, as a touch screen tells of them. */
async function fingers(session: CDPSession, from: readonly Point[], to: readonly Point[]): Promise<void> {
  const steps = 8;
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", touchPoints: readonly Point[]) =>
    session.send("Input.dispatchTouchEvent", { type, touchPoints: touchPoints.map((point, id) => ({ ...point, id })) });
  await touch("touchStart", from);
  for (let step = 1; step <= steps; step += 1) {
    const between = from.map(({ x, y }, place) => ({
      x: x + (((to[place]?.x ?? x) - x) * step) / steps,
      y: y + (((to[place]?.y ?? y) - y) * step) / steps,
    }));
    await touch("touchMove", between);
  }
  await touch("touchEnd", []);
}

test.describe("on a touch screen", () => {
  test.use({ hasTouch: true, viewport: { width: 390, height: 844 } });

  test("two fingers bring the picture nearer and farther, one moves it", async ({ page }) => {
    const { x, y } = await shownPicture(page);
    const session = await page.context().newCDPSession(page);
    const apart = (by: number): Point[] => [{ x: x - by, y }, { x: x + by, y }];

    await fingers(session, apart(30), apart(90));
    await expect(nearness(page)).toHaveText("3.0 ×");

    const before = await settledMiddle(page);
    await fingers(session, [{ x, y }], [{ x: x - 80, y: y - 30 }]);
    await expect.poll(() => middle(page)).not.toBe(before);
    await expect(nearness(page)).toHaveText("3.0 ×");
    expect(await page.evaluate(() => document.querySelector(".overlay__body")?.scrollTop)).toBe(0);

    await fingers(session, apart(90), apart(10));
    await expect(nearness(page)).toHaveText("Fit");
  });
});

test("a mouse drags the picture when it is near, and it comes back to where it was", async ({ page }) => {
  const { x, y } = await shownPicture(page);
  await page.getByRole("button", { name: "Nearer" }).click();
  for (let step = 0; step < 4; step += 1) await page.keyboard.press("+");
  await expect(nearness(page)).toHaveText("3.1 ×");
  const drag = async (dx: number, dy: number) => {
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + dx, y + dy, { steps: 5 });
    await page.mouse.up();
  };
  const before = await settledMiddle(page);

  await drag(120, 60);
  await expect.poll(() => middle(page)).not.toBe(before);
  await drag(-120, -60);
  await expect.poll(() => middle(page)).toBe(before);

  await page.keyboard.press("0");
  await expect(nearness(page)).toHaveText("Fit");
});
