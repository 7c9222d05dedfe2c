/** A job in the browser: how tests hand one in, and what they see of it. */
import { expect, type Locator, type Page, test } from "@playwright/test";
import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";

import { SAMPLE } from "./stack.ts";

/** Frames of the sample. */
export const FRAMES = 250;

/** Submit a file over HTTP; the job's id. */
export async function submit(
  page: Page,
  fields: Readonly<Record<string, string>>,
  { file = SAMPLE, root = "" }: { file?: string; root?: string } = {},
): Promise<string> {
  const buffer = await readFile(file);
  const answer = await page.request.post(`${root}/v1/jobs`, {
    multipart: { file: { name: basename(file), mimeType: "video/webm", buffer }, ...fields },
  });
  expect(answer.status(), await answer.text()).toBe(202);
  return ((await answer.json()) as { job_id: string }).job_id;
}

export interface HeldJob {
  jobId: string;
  /** From now on none of its frames takes any time. */
  release: () => Promise<void>;
}

/**
 * Submit a job of so many milliseconds a frame, until it is released: what is to be seen of it while it runs is there as
 * long as a slow machine needs, and then it does not last longer than that.
 */
export async function submitHeld(page: Page, ms: number, how: Parameters<typeof submit>[2] = {}): Promise<HeldJob> {
  const until = test.info().outputPath(`release-${randomUUID()}`);
  const jobId = await submit(page, { plugin: "sleepy", options: JSON.stringify({ ms, until }) }, how);
  return { jobId, release: () => writeFile(until, "") };
}

/** The job's page, as far as tests look at it. */
export class WatchedJob {
  readonly page: Page;
  /** The picture; its name tells which frame it is and what was found in it. */
  readonly picture: Locator;
  readonly timeline: Locator;

  constructor(page: Page) {
    this.page = page;
    this.picture = page.getByRole("img", { name: /^Frame \d+ at / });
    this.timeline = page.getByRole("slider", { name: "Timeline" });
  }

  /** The job's status in the header. */
  status(word: string): Locator {
    return this.page.locator(".overlay-header .status-badge", { hasText: word });
  }

  /** The frame on the screen. */
  async frameIndex(): Promise<number> {
    const name = (await this.picture.getAttribute("aria-label")) ?? "";
    return Number(/^Frame (\d+) at/.exec(name)?.[1] ?? Number.NaN);
  }

  /** The frame that the timeline stands at: the picture follows as soon as it is loaded. */
  async place(): Promise<number> {
    return Number(await this.timeline.getAttribute("aria-valuenow"));
  }

  async percent(): Promise<number> {
    return Number(await this.page.locator("#progress-bar").getAttribute("aria-valuenow"));
  }

  /** Waits until a frame with something found in it is on the screen, while the job runs. */
  async showsFrameWhileRunning(): Promise<void> {
    await expect(this.page.getByRole("img", { name: /^Frame \d+ at .*: \d+ / })).toBeVisible();
    await expect(this.status("Running")).toBeVisible();
  }

  /** Waits until it runs and has come this far. */
  async reaches(percent: number): Promise<void> {
    await expect.poll(() => this.percent(), { timeout: 60_000 }).toBeGreaterThanOrEqual(percent);
  }

  /** Waits for the end, and checks that every frame was counted once. */
  async endsWithAllFrames(frames = FRAMES): Promise<void> {
    await expect(this.status("Done")).toBeVisible({ timeout: 60_000 });
    await expect(this.page.locator("#progress-bar")).toHaveAttribute("aria-valuenow", "100");
    await expect(this.page.locator("#plugin-inspector")).toContainText(`${frames} frames`);
  }
}
