/** Handing in a file and watching it, to the end and back. */
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect, ROOT, SAMPLE, test } from "./stack.ts";
import { FRAMES, submit, WatchedJob } from "./watched_job.ts";

test("a dropped video is shown with its boxes while it is worked on, until it is done", async ({ page }) => {
  const job = new WatchedJob(page);
  await page.goto("/");
  await page.getByRole("radio", { name: "Sleepy" }).check();

  const sample = await readFile(SAMPLE, "base64");
  const dropped = await page.evaluateHandle((content) => {
    const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], "harbour.webm", { type: "video/webm" }));
    return transfer;
  }, sample);
  await page.dispatchEvent("h1", "dragover", { dataTransfer: dropped });
  await expect(page.getByText("Drop it")).toBeVisible();
  await page.dispatchEvent("h1", "drop", { dataTransfer: dropped });
  await expect(page.getByText("harbour.webm")).toBeVisible();
  await page.getByRole("button", { name: "Run it" }).click();

  await expect(page).toHaveURL(/\/jobs\/[0-9a-f-]{36}$/);
  await job.showsFrameWhileRunning();
  await job.endsWithAllFrames();
  await expect(page).toHaveTitle("Done: harbour.webm – Transom");
});

test("one scrubs back while it runs, stays there, and returns to live", async ({ page }) => {
  const job = new WatchedJob(page);
  const jobId = await submit(page, { plugin: "sleepy", options: '{"ms": 150}' });
  await page.goto(`/jobs/${jobId}`);
  await job.showsFrameWhileRunning();
  await job.reaches(10);

  await job.timeline.focus();
  await page.keyboard.press("Home");
  await expect(page.getByRole("img", { name: /^Frame 0 at / })).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("img", { name: /^Frame 1 at / })).toBeVisible();

  const before = await job.percent();
  await job.reaches(before + 5);
  expect(await job.frameIndex()).toBe(1);

  await page.getByRole("button", { name: "Back to live" }).click();
  await expect.poll(() => job.frameIndex()).toBeGreaterThan(10);
  await expect(page.getByRole("button", { name: "Live", exact: true })).toHaveAttribute("aria-pressed", "true");
  await page.request.delete(`/v1/jobs/${jobId}`);
});

test("a job is cancelled, and stays so", async ({ page }) => {
  const job = new WatchedJob(page);
  await page.goto(`/jobs/${await submit(page, { plugin: "sleepy", options: '{"ms": 200}' })}`);
  await job.showsFrameWhileRunning();

  await page.getByRole("button", { name: "Downloads and more" }).click();
  await page.getByRole("menuitem", { name: "Cancel…" }).click();
  await page.getByRole("button", { name: "Cancel the work" }).click();

  await expect(job.status("Cancelled")).toBeVisible();
  await page.reload();
  await expect(job.status("Cancelled")).toBeVisible();
  await expect(job.picture).toBeVisible();
});

test("a failed job says what to do next: its log is opened, and it is run again", async ({ page }) => {
  const job = new WatchedJob(page);
  const failed = await submit(page, { plugin: "crasher", options: '{"frame": 5}' });
  await page.goto(`/jobs/${failed}`);
  await expect(job.status("Error")).toBeVisible();

  await page.getByRole("button", { name: "Open the log" }).click();
  await expect(page.getByRole("region", { name: "Log", exact: true })).toBeInViewport();
  await expect(page.getByRole("region", { name: "Log", exact: true })).toContainText("Failed: ");

  await page.getByRole("button", { name: "Run it again" }).click();
  await expect(page).not.toHaveURL(new RegExp(failed));
  await expect(page).toHaveURL(/\/jobs\/[0-9a-f-]{36}$/);
  await expect(job.status("Error")).toBeVisible();
});

test("a cancelled job is run again from where it says so", async ({ page }) => {
  const job = new WatchedJob(page);
  const cancelled = await submit(page, { plugin: "sleepy", options: '{"ms": 200}' });
  await page.goto(`/jobs/${cancelled}`);
  await job.showsFrameWhileRunning();
  await page.request.delete(`/v1/jobs/${cancelled}`);
  await expect(job.status("Cancelled")).toBeVisible();

  await page.getByRole("button", { name: "Run it again" }).click();

  await expect(page).not.toHaveURL(new RegExp(cancelled));
  await job.showsFrameWhileRunning();
  await page.request.delete(new URL(page.url()).pathname.replace("/jobs/", "/v1/jobs/"));
});

test("warnings of which only the first are told are all counted, and marked where they are", async ({ page }) => {
  await page.goto(`/jobs/${await submit(page, { plugin: "warner" })}`);
  await new WatchedJob(page).endsWithAllFrames();

  await page.getByRole("tab", { name: "Warnings (84)" }).click();
  await expect(page.getByText("There were 84 warnings LOOKS_ODD in all; only the first 10 of them are listed.").first()).toBeVisible();
  await expect(page.locator("#plugin-inspector")).toContainText("84 warnings");
  await expect(page.locator(".timeline .timeline__warning")).toHaveCount(10);
});

test("after a job any frame of it is shown, each with its own boxes", async ({ page }) => {
  const job = new WatchedJob(page);
  await page.goto(`/jobs/${await submit(page, { plugin: "sleepy", options: '{"ms": 0}' })}`);
  await job.endsWithAllFrames();

  await job.timeline.focus();
  await page.keyboard.press("End");
  // The tool labels each frame's box with the frame's number.
  await expect(page.getByRole("img", { name: new RegExp(`^Frame ${FRAMES - 1} at .*: 1 ${FRAMES - 1}$`) })).toBeVisible();
  const box = await job.timeline.boundingBox();
  await job.timeline.click({ position: { x: (box?.width ?? 0) / 2, y: 5 } });
  await expect.poll(async () => Math.abs((await job.frameIndex()) - FRAMES / 2)).toBeLessThan(10);
  const index = await job.frameIndex();
  await expect(page.getByRole("img", { name: new RegExp(`^Frame ${index} at .*: 1 ${index}$`) })).toBeVisible();
  await expect(page.getByText("the boxes are those of frame")).toHaveCount(0);
});

test("of a long job every frame can be looked at, also those that came long before the page", async ({ page }, info) => {
  const times = 8;
  const file = info.outputPath("long.webm");
  const script = fileURLToPath(new URL("long_video.py", import.meta.url));
  const env = { ...process.env, PYTHONPATH: ROOT };
  execFileSync(join(ROOT, ".venv/bin/python"), [script, file, String(times)], { env });
  const job = new WatchedJob(page);
  await page.goto(`/jobs/${await submit(page, { plugin: "sleepy", options: '{"ms": 0}' }, { file })}`);
  await expect(job.status("Done")).toBeVisible({ timeout: 60_000 });
  await page.reload();
  await expect(job.status("Done")).toBeVisible();

  const last = times * FRAMES - 1;
  await expect(job.timeline).toHaveAttribute("aria-valuemax", String(last));
  await job.timeline.focus();
  await page.keyboard.press("End");
  await expect(page.getByRole("img", { name: new RegExp(`^Frame ${last} at .*: 1 `) })).toBeVisible();
  await page.keyboard.press("Home");
  await expect(page.getByRole("img", { name: /^Frame 0 at .*: 1 0$/ })).toBeVisible();
  await page.keyboard.press("PageUp");
  await expect(page.getByRole("img", { name: /^Frame 10 at .*: 1 10$/ })).toBeVisible();
});

test("wherever a playing job is stopped, the picture comes to the frame that the timeline stands at", async ({ page }) => {
  test.setTimeout(240_000);
  const jobId = await submit(page, { plugin: "motion" });
  await page.goto(`/jobs/${jobId}`);
  const job = new WatchedJob(page);
  await job.endsWithAllFrames();
  // On a slow machine the video is frames ahead of the page.
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });

  for (let round = 0; round < 5; round += 1) {
    await job.timeline.press("Home");
    await expect.poll(() => job.frameIndex()).toBe(0);
    await page.getByRole("button", { name: "Play", exact: true }).click();
    await expect.poll(() => job.frameIndex()).not.toBe(0);
    await page.getByRole("button", { name: "Pause" }).click();
    await expect.poll(async () => (await job.place()) - (await job.frameIndex())).toBe(0);
  }
});
