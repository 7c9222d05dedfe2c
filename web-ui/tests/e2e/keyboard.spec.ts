/** From submit to download, and through the list, without a mouse. */
import type { Locator, Page } from "@playwright/test";
import { readFile } from "node:fs/promises";

import { expect, SAMPLE, test } from "./stack.ts";
import { submit, WatchedJob } from "./watched_job.ts";

/** More than any page has. */
const MAX_STOPS = 80;

/** Press Tab until this has the focus, which must be seen. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let stop = 0; stop < MAX_STOPS; stop += 1) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) {
      const outline = await target.evaluate((element) => getComputedStyle(element).outlineStyle);
      expect(outline).not.toBe("none");
      return;
    }
  }
  throw new Error(`Tab never came to ${String(target)}.`);
}

/** Open the menu that has the focus, and choose its last entry. */
async function chooseLast(page: Page): Promise<void> {
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem").first()).toBeFocused();
  await page.keyboard.press("End");
  await expect(page.getByRole("menuitem").last()).toBeFocused();
  await page.keyboard.press("Enter");
}

test("from submit to download by keyboard alone", async ({ page }) => {
  const job = new WatchedJob(page);
  await page.goto("/");
  await expect(page.getByRole("radio", { name: "Motion" })).toBeVisible();

  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.keyboard.press("Enter");
  const asked = page.waitForEvent("filechooser");
  await tabTo(page, page.getByRole("button", { name: "Choose files" }));
  await page.keyboard.press("Enter");
  await (await asked).setFiles(SAMPLE);

  // The focus comes to the one that is chosen, and the arrows move both.
  await tabTo(page, page.getByRole("radio", { checked: true }));
  const motion = page.getByRole("radio", { name: "Motion" });
  for (let stop = 0; stop < MAX_STOPS && !(await motion.isChecked()); stop += 1) await page.keyboard.press("ArrowDown");
  await expect(motion).toBeFocused();
  await tabTo(page, page.locator("summary", { hasText: "Options" }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByLabel("Sensitivity"));
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("0.7");
  await tabTo(page, page.locator("#device-selector"));
  await page.keyboard.press("ArrowDown");
  await tabTo(page, page.getByRole("button", { name: "Run it" }));
  await page.keyboard.press("Enter");

  await expect(page.getByRole("heading", { name: "harbour.webm" })).toBeVisible();
  await job.endsWithAllFrames();
  await tabTo(page, page.getByRole("button", { name: "Downloads and more" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Download the result" })).toBeFocused();
  const downloading = page.waitForEvent("download");
  await page.keyboard.press("Enter");
  const result = JSON.parse(await readFile(await (await downloading).path(), "utf8")) as {
    device_requested: string;
    frames: unknown[];
    result: { tracks: number };
  };
  expect(result).toMatchObject({ device_requested: "gpu", result: { frames: 250 } });
  expect(result.frames).toHaveLength(250);
  expect(result.result.tracks).toBeGreaterThan(0);

  // The choice of a device is remembered.
  await page.goto("/");
  await expect(page.locator("#device-selector")).toHaveValue("gpu");
});

test("the list: j and k, x, the search, and a row opened", async ({ page }) => {
  const [first, second] = [await submit(page, { plugin: "warner" }), await submit(page, { plugin: "warner" })];
  await page.goto("/jobs");
  await expect(page.locator(`a[data-job="${second}"]`)).toBeVisible();

  await page.keyboard.press("j");
  await expect(page.locator(`a[data-job="${second}"]`)).toBeFocused();
  await page.keyboard.press("j");
  await expect(page.locator(`a[data-job="${first}"]`)).toBeFocused();
  await page.keyboard.press("x");
  await expect(page.getByText("1 job selected")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByText("1 job selected")).toBeHidden();
  await page.keyboard.press("k");
  await expect(page.locator(`a[data-job="${second}"]`)).toBeFocused();

  await page.keyboard.press("/");
  await page.keyboard.type(first);
  await page.keyboard.press("Enter");
  await expect(page.locator(`a[data-job="${second}"]`)).toBeHidden();
  await expect(page.locator(`a[data-job="${first}"]`)).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/jobs/${first}$`));
  await expect(page.getByRole("heading", { name: "harbour.webm" })).toBeFocused();
});

test("a job is deleted only after the question, and then is gone", async ({ page }) => {
  const jobId = await submit(page, { plugin: "warner" });
  await page.goto(`/jobs/${jobId}`);
  await expect(new WatchedJob(page).status("Done")).toBeVisible();

  await tabTo(page, page.getByRole("button", { name: "Downloads and more" }));
  await chooseLast(page);
  await expect(page.getByRole("dialog")).toContainText("deleted for good");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page.getByRole("button", { name: "Downloads and more" })).toBeFocused();
  await expect(page).toHaveURL(new RegExp(`/jobs/${jobId}$`));

  await chooseLast(page);
  await tabTo(page, page.getByRole("button", { name: "Delete for good" }));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/jobs$/);
  await page.goto(`/jobs/${jobId}`);
  await expect(page.getByText("JOB_NOT_FOUND")).toBeVisible();
});
