/** The wall: everything that runs, at once, with its newest pictures. */
import type { Locator, Page } from "@playwright/test";
import { copyFile } from "node:fs/promises";

import { expect, SAMPLE, test } from "./stack.ts";
import { submit } from "./watched_job.ts";

function tile(page: Page, name: string): Locator {
  return page.getByRole("listitem").filter({ has: page.getByRole("link", { name, exact: true }) });
}

/** The frame that a tile shows. */
async function frameOf(shown: Locator): Promise<number> {
  const name = (await shown.getByRole("img").getAttribute("aria-label")) ?? "";
  return Number(/^Frame (\d+): /.exec(name)?.[1] ?? Number.NaN);
}

test("each running job has a tile with its newest frame, which moves, and stays when it has ended", async ({ page }, info) => {
  const names = ["quay.webm", "lock.webm"];
  const jobs: string[] = [];
  for (const name of names) {
    const file = info.outputPath(name);
    await copyFile(SAMPLE, file);
    jobs.push(await submit(page, { plugin: "sleepy", options: '{"ms": 120}' }, { file }));
  }
  const sockets: string[] = [];
  page.on("websocket", (socket) => sockets.push(socket.url()));
  await page.goto("/wall");

  const running: Locator[] = [];
  for (const name of names) {
    const shown = tile(page, name);
    // On a machine with one worker they run one after the other.
    await expect(shown.getByText("Running")).toBeVisible({ timeout: 60_000 });
    await expect(shown.getByRole("img", { name: /^Frame \d+: 1 / })).toBeVisible();
    const before = await frameOf(shown);
    await expect.poll(() => frameOf(shown)).toBeGreaterThan(before);
    await expect(shown.getByText(/frames\/s$/)).toBeVisible();
    running.push(shown);
    await page.request.delete(`/v1/jobs/${jobs[names.indexOf(name)] ?? ""}`);
    await expect(shown.getByText("Cancelled")).toBeVisible();
    await expect(shown.getByRole("img", { name: /^Frame \d+: 1 / })).toBeVisible();
  }
  // Lists have one stream and frames one, for whatever set of jobs; another set is another stream of frames.
  expect(sockets.filter((url) => url.includes("types=frame")).length).toBeLessThanOrEqual(names.length + 1);

  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/jobs\/[0-9a-f-]{36}$/);
});

test("where nothing runs it says so, and what comes is there by itself", async ({ page }) => {
  const running = (await (await page.request.get("/v1/jobs?status=running")).json()) as { jobs: { job_id: string }[] };
  for (const { job_id: jobId } of running.jobs) await page.request.delete(`/v1/jobs/${jobId}`);
  await page.goto("/jobs");
  await page.getByRole("link", { name: "See all that runs on a wall" }).click();
  await expect(page.getByText("Nothing runs")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Wall" })).toBeFocused();

  const jobId = await submit(page, { plugin: "sleepy", options: '{"ms": 60}' });

  await expect(page.getByRole("listitem").getByText("Running")).toBeVisible();
  await page.request.delete(`/v1/jobs/${jobId}`);
});
