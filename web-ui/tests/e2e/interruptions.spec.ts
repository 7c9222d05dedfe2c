/** What comes between a page and a running job, and that the page is right again by itself. */
import { expect, test } from "./stack.ts";
import { submit, submitHeld, WatchedJob } from "./watched_job.ts";

/** A frame of the job, until it has been seen what the page makes of it. */
const FRAME_MS = 200;

test("a reload in mid-job shows it as if nothing had been", async ({ page }) => {
  const job = new WatchedJob(page);
  const { jobId, release } = await submitHeld(page, FRAME_MS);
  await page.goto(`/jobs/${jobId}`);
  await job.showsFrameWhileRunning();
  await job.reaches(10);

  await page.reload();

  await job.showsFrameWhileRunning();
  expect(await job.percent()).toBeGreaterThanOrEqual(10);
  await job.timeline.focus();
  await page.keyboard.press("Home");
  await expect(page.getByRole("img", { name: /^Frame 0 at .*: 1 0$/ })).toBeVisible();
  await release();
  await job.endsWithAllFrames();
});

test("the web server is killed in mid-job, and the page goes on", async ({ page, stack }) => {
  const job = new WatchedJob(page);
  const { jobId, release } = await submitHeld(page, FRAME_MS);
  await page.goto(`/jobs/${jobId}`);
  await job.showsFrameWhileRunning();

  await stack.crashWebServer();

  await expect(page.getByText("Connection lost")).toBeVisible();
  await expect(page.locator('.connection-line[data-status="OPEN"]')).toBeVisible({ timeout: 30_000 });
  await release();
  await job.endsWithAllFrames();
});

test("offline and online again", async ({ page, context }) => {
  const job = new WatchedJob(page);
  const { jobId, release } = await submitHeld(page, FRAME_MS);
  await page.goto(`/jobs/${jobId}`);
  await job.showsFrameWhileRunning();

  await context.setOffline(true);
  await expect(page.getByText("Offline").first()).toBeVisible();
  await context.setOffline(false);

  await expect(page.locator('.connection-line[data-status="OPEN"]')).toBeVisible({ timeout: 30_000 });
  await release();
  await job.endsWithAllFrames();
});

test("two tabs show the same job, and one sees what the other does", async ({ page, context }) => {
  const jobId = await submit(page, { plugin: "sleepy", options: '{"ms": 150}' });
  const other = await context.newPage();
  const [here, there] = [new WatchedJob(page), new WatchedJob(other)];
  await page.goto(`/jobs/${jobId}`);
  await other.goto("/jobs");
  const row = other.getByRole("row").filter({ has: other.locator(`a[data-job="${jobId}"]`) });
  await expect(row).toContainText("Running");
  await here.showsFrameWhileRunning();

  await row.getByRole("button", { name: /What to do with/ }).click();
  await other.getByRole("menuitem", { name: "Cancel…" }).click();
  await other.getByRole("button", { name: "Cancel the work" }).click();

  await expect(here.status("Cancelled")).toBeVisible();
  await expect(row).toContainText("Cancelled");
  await row.getByRole("link").click();
  await expect(there.status("Cancelled")).toBeVisible();
});
