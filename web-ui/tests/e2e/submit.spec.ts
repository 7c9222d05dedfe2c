/** What may happen while a file is handed in. */
import type { JSHandle, Page } from "@playwright/test";
import { readFile } from "node:fs/promises";

import { expect, SAMPLE, test } from "./stack.ts";
import { WatchedJob } from "./watched_job.ts";

/** A picture that nobody else has, as the clipboard would hold it. */
function drawnPicture(page: Page): Promise<JSHandle<DataTransfer>> {
  return page.evaluateHandle(async () => {
    const canvas = new OffscreenCanvas(320, 180);
    const context = canvas.getContext("2d");
    context?.fillRect(40, 40, 60, 60);
    const transfer = new DataTransfer();
    transfer.items.add(new File([await canvas.convertToBlob()], "image.png", { type: "image/png" }));
    return transfer;
  });
}

async function choose(page: Page, name: string): Promise<void> {
  await page.goto("/");
  await page.getByRole("radio", { name: "Sleepy" }).check();
  const buffer = await readFile(SAMPLE);
  await page.locator("input[type=file]").setInputFiles({ name, mimeType: "video/webm", buffer });
}

test("a pasted picture is run and shown", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("radio", { name: "Sleepy" }).check();
  const transfer = await drawnPicture(page);
  await transfer.evaluate((clipboardData) => {
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  });
  await expect(page.getByText("image.png")).toBeVisible();
  await page.getByRole("button", { name: "Run it" }).click();

  const job = new WatchedJob(page);
  await expect(job.status("Done")).toBeVisible();
  await expect(page.getByRole("img", { name: /^Frame 0 at .*: 1 0$/ })).toBeVisible();
});

test("the plugin and the device that were chosen last are chosen again", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("radio", { name: "Twins" }).check();
  await page.locator("#device-selector").selectOption("auto");

  await page.reload();

  await expect(page.getByRole("radio", { name: "Twins" })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: "Number again" })).toBeVisible();
  await expect(page.locator("#device-selector")).toHaveValue("auto");
});

test("an upload is cancelled, and the form is as it was", async ({ page }) => {
  await choose(page, "cancelled.webm");
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: 20_000,
  });
  await page.getByRole("button", { name: "Run it" }).click();
  await expect(page.getByText(/of 17\d KB · .* KB\/s/)).toBeVisible();

  await page.getByRole("button", { name: "Cancel the upload" }).click();

  await expect(page.getByRole("button", { name: "Run it" })).toBeVisible();
  await expect(page.getByText("cancelled.webm")).toBeVisible();
  await page.goto("/jobs?q=cancelled.webm");
  await expect(page.getByText("No job matches")).toBeVisible();
});

test("the answer is lost on the way: trying again makes no second job", async ({ page }) => {
  await choose(page, "cut.webm");
  await page.route(
    "**/v1/jobs",
    async (route) => {
      await route.fetch();
      await route.abort("connectionreset");
    },
    { times: 1 },
  );
  await page.getByRole("button", { name: "Run it" }).click();
  await expect(page.getByRole("alert")).toContainText("trying again makes no second job");

  await page.getByRole("button", { name: "Try again" }).click();

  await expect(page).toHaveURL(/\/jobs\/[0-9a-f-]{36}$/);
  await page.goto("/jobs?q=cut.webm");
  await expect(page.getByText("1 job matches")).toBeVisible();
});

test("what the server refuses is said at its field", async ({ page }) => {
  await choose(page, "refused.webm");
  const errors = [
    { field: "options.ms", message: "takes too long" },
    { field: "priority", message: "is not for you" },
  ];
  const problem = { type: "about:blank", title: "A value is not allowed", status: 422, detail: "", code: "VALIDATION_FAILED", errors };
  await page.route("**/v1/jobs", (route) => route.fulfill({ status: 422, json: problem }));

  await page.getByRole("button", { name: "Run it" }).click();

  await expect(page.getByRole("alert").filter({ hasText: "A value is not allowed" })).toBeVisible();
  await expect(page.getByText("takes too long")).toBeVisible();
  await expect(page.locator("#priority-selector")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByText("is not for you")).toBeVisible();
});

test("an option out of its bounds is said before anything is sent", async ({ page }) => {
  await choose(page, "bounds.webm");
  await page.getByRole("radio", { name: "Motion" }).check();
  await page.getByText("Options").click();
  await page.getByLabel("Sensitivity").fill("3");
  await expect(page.getByText("must be 1 or less")).toBeVisible();
  await expect(page.getByRole("button", { name: "Run it" })).toBeDisabled();

  await page.getByLabel("Sensitivity").fill("0.3");
  await page.getByRole("button", { name: "Run it" }).click();

  await new WatchedJob(page).endsWithAllFrames();
});
