/** What tells of an end to somebody who looks elsewhere: the tab's title, and a notification where it was asked for. */
import type { Page } from "@playwright/test";

import { expect, test } from "./stack.ts";
import { submitHeld, WatchedJob } from "./watched_job.ts";

declare global {
  interface Window {
    told: string[];
  }
}

/** Notifications are noted in place of being shown, and the page can be hidden. */
async function preparePage(page: Page, permission: NotificationPermission): Promise<void> {
  await page.addInitScript((given: NotificationPermission) => {
    window.told = [];
    class NotedNotification extends EventTarget {
      static permission: NotificationPermission = given;
      static requestPermission(): Promise<NotificationPermission> {
        return Promise.resolve(given);
      }
      constructor(title: string) {
        super();
        window.told.push(title);
      }
      close(): void {
        // Nothing is shown.
      }
    }
    Object.defineProperty(window, "Notification", { value: NotedNotification });
    let isHidden = false;
    Object.defineProperty(document, "hidden", { get: () => isHidden });
    addEventListener("test-hide", (event) => {
      isHidden = (event as CustomEvent<boolean>).detail;
      document.dispatchEvent(new Event("visibilitychange"));
    });
  }, permission);
}

async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((detail) => dispatchEvent(new CustomEvent("test-hide", { detail })), hidden);
}

test("what ends while nobody looks marks the tab's title until somebody does", async ({ page }) => {
  await preparePage(page, "default");
  const { jobId, release } = await submitHeld(page, 200);
  await page.goto(`/jobs/${jobId}`);
  await new WatchedJob(page).showsFrameWhileRunning();
  await expect(page).toHaveTitle(/^\d+ % harbour\.webm/);

  await hide(page, true);
  await release();
  await expect(page).toHaveTitle(/^● /, { timeout: 60_000 });
  await hide(page, false);
  await expect(page).toHaveTitle("Done: harbour.webm – Transom");
  expect(await page.evaluate(() => window.told)).toEqual([]);
});

test("whoever switched it on is notified of an end once, however many tabs are open", async ({ page, context }) => {
  const other = await context.newPage();
  for (const one of [page, other]) await preparePage(one, "granted");
  await other.goto("/jobs");
  const { jobId, release } = await submitHeld(page, 200);
  await page.goto(`/jobs/${jobId}`);
  await new WatchedJob(page).showsFrameWhileRunning();
  await page.getByRole("button", { name: "Notify me when something ends" }).click();
  await expect(page.getByRole("button", { name: "Notify me when something ends: on" })).toHaveAttribute("aria-pressed", "true");
  for (const one of [page, other]) await hide(one, true);
  await release();

  const told = async () => (await Promise.all([page, other].map((one) => one.evaluate(() => window.told)))).flat();
  await expect.poll(told, { timeout: 60_000 }).toEqual(["Done: harbour.webm"]);
  await expect(page).toHaveTitle(/^● /);
  expect(await told()).toEqual(["Done: harbour.webm"]);

  // The choice is remembered.
  await page.reload();
  await expect(page.getByRole("button", { name: "Notify me when something ends: on" })).toBeVisible();
});

test("where the browser refuses, it is said what to do", async ({ page }) => {
  await preparePage(page, "denied");
  await page.goto("/");
  await page.getByRole("button", { name: "Notify me when something ends" }).click();
  await expect(page.getByRole("dialog", { name: "No notifications" })).toContainText("Allow them for this address");
  await page.getByRole("button", { name: "Understood" }).click();
  await expect(page.getByRole("button", { name: "Notify me when something ends" })).toHaveAttribute("aria-pressed", "false");
});
