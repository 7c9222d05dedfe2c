/** Watching through proxies that let no WebSocket through, and below a sub-path. */
import { expect, test, withStack } from "./stack.ts";
import { installedProxy, isInstalled, nodeProxy } from "./proxies.ts";
import { submitHeld, WatchedJob } from "./watched_job.ts";
import type { Page } from "@playwright/test";

/** A frame of the job, until what is said while it runs has been read. */
const FRAME_MS = 200;

async function watchesWithoutWebSocket(page: Page, address: string): Promise<void> {
  const job = new WatchedJob(page);
  const { jobId, release } = await submitHeld(page, FRAME_MS, { root: address });
  await page.goto(`${address}/jobs/${jobId}`);
  await job.showsFrameWhileRunning();
  await expect(page.getByText("Live over server-sent events")).toBeVisible();
  await expect(page.getByText("WebSockets")).toBeVisible();
  await release();
  await job.endsWithAllFrames();
}

test("a proxy refuses WebSockets: the page says so, and shows the same", async ({ page, address }) => {
  await nodeProxy(address, { upgrades: false }, (proxy) => watchesWithoutWebSocket(page, proxy));
});

for (const name of ["haproxy", "nginx"] as const) {
  test(`the same through ${name}`, async ({ page, address }) => {
    test.skip(!isInstalled(name), `${name} is not installed`);
    await installedProxy(name, address, (proxy) => watchesWithoutWebSocket(page, proxy));
  });
}

test("below a sub-path everything works, and nothing outside of it is asked for", async ({ page }) => {
  test.setTimeout(180_000);
  await withStack({ TRANSOM_ROOT_PATH: "/transom" }, async ({ address }) => {
    await nodeProxy(address, { below: "/transom", upgrades: true }, async (proxy) => {
      const outside: string[] = [];
      page.on("response", (response) => {
        const url = new URL(response.url());
        if (url.protocol.startsWith("http") && !url.pathname.startsWith("/transom")) outside.push(url.pathname);
      });
      const root = `${proxy}/transom`;
      const job = new WatchedJob(page);

      await page.goto(`${root}/`);
      await page.getByRole("link", { name: "Jobs" }).click();
      await expect(page).toHaveURL(`${root}/jobs`);
      await expect(page.getByText("No jobs yet")).toBeVisible();
      const { jobId, release } = await submitHeld(page, FRAME_MS, { root });
      await page.goto(`${root}/jobs/${jobId}`);
      await job.showsFrameWhileRunning();
      await expect(page.getByText("Live", { exact: true }).first()).toBeVisible();
      await release();
      await job.endsWithAllFrames();

      expect(outside).toEqual([]);
    });
  });
});
