/** What holds for every page, in both themes: nobody is shut out, and nothing comes from or goes elsewhere. */
import type { Page } from "@playwright/test";
import type { AxeResults } from "axe-core";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { batchEnded, type SentFile, submitBatch } from "./batches.ts";
import { expect, SAMPLE, test } from "./stack.ts";
import { submit, WatchedJob } from "./watched_job.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

declare global {
  interface Window {
    axe: { run: (root: Document) => Promise<AxeResults> };
    violations: string[];
  }
}

/** Two files for a batch, of which one can't be used. */
async function filmAndNotes(): Promise<SentFile[]> {
  return [
    { name: "harbour.webm", mimeType: "video/webm", buffer: await readFile(SAMPLE) },
    { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no film at all") },
  ];
}

/** Every page, by how one comes to it and when it is there. */
const PAGES: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  "submit, empty": async (page) => {
    await page.goto("/");
    await expect(page.getByRole("radio", { name: "Motion" })).toBeVisible();
    await expect(page.getByRole("heading", { name: "Running and waiting" })).toBeVisible();
  },
  "submit, with options and an error": async (page) => {
    await page.goto("/");
    await page.locator("input[type=file]").setInputFiles({
      name: "notes.mp4",
      mimeType: "video/mp4",
      buffer: Buffer.from("no film at all"),
    });
    await page.getByRole("radio", { name: "Motion" }).check();
    await page.getByText("Options").click();
    await expect(page.getByLabel("Sensitivity")).toBeVisible();
    await page.getByRole("button", { name: "Run it" }).click();
    await expect(page.getByText("UNSUPPORTED_INPUT")).toBeVisible();
  },
  "submit, with several tools": async (page) => {
    await page.goto("/");
    await page.locator("input[type=file]").setInputFiles(SAMPLE);
    await page.getByRole("radio", { name: "Twins" }).check();
    await expect(page.getByRole("checkbox", { name: "Number again" })).toBeVisible();
  },
  "jobs": async (page) => {
    await submit(page, { plugin: "warner" });
    await page.goto("/jobs");
    await page.getByRole("checkbox", { name: "Select harbour.webm" }).first().check();
    await expect(page.getByText("1 job selected")).toBeVisible();
  },
  "jobs, none found": async (page) => {
    await page.goto("/jobs?q=nowhere");
    await expect(page.getByText("No job matches")).toBeVisible();
  },
  "jobs, a question": async (page) => {
    await submit(page, { plugin: "warner" });
    await page.goto("/jobs?status=done");
    await page.getByRole("button", { name: /What to do with/ }).first().click();
    await page.getByRole("menuitem", { name: "Delete…" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
  },
  "submit, with many files": async (page) => {
    await page.goto("/");
    await page.locator("input[type=file]").setInputFiles([SAMPLE, SAMPLE]);
    await expect(page.getByText("2 files")).toBeVisible();
  },
  "batches": async (page) => {
    await submitBatch(page, await filmAndNotes(), { plugin: "warner", name: "in the list" });
    await page.goto("/batches");
    await expect(page.getByRole("link", { name: "in the list" }).first()).toBeVisible();
  },
  "a batch that runs": async (page) => {
    await page.goto(`/batches/${await submitBatch(page, await filmAndNotes(), { plugin: "sleepy", options: '{"ms": 60}' })}`);
    await expect(page.getByRole("button", { name: "Cancel…" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Running 1" })).toBeVisible();
  },
  "a batch that has ended": async (page) => {
    const batchId = await submitBatch(page, await filmAndNotes(), { plugin: "warner" });
    await batchEnded(page, batchId);
    await page.goto(`/batches/${batchId}`);
    await expect(page.getByText("UNSUPPORTED_INPUT")).toBeVisible();
  },
  "a batch, a question": async (page) => {
    const batchId = await submitBatch(page, await filmAndNotes(), { plugin: "warner" });
    await batchEnded(page, batchId);
    await page.goto(`/batches/${batchId}?status=cancelled`);
    await expect(page.getByText("No item was cancelled")).toBeVisible();
    await page.getByRole("button", { name: "Delete…" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
  },
  "a batch that is not there": async (page) => {
    await page.goto("/batches/019a2f6c-7d1e-7c3a-9b52-4e8f0a6d1c37");
    await expect(page.getByText("BATCH_NOT_FOUND")).toBeVisible();
  },
  "a job that runs": async (page) => {
    await page.goto(`/jobs/${await submit(page, { plugin: "sleepy", options: '{"ms": 60}' })}`);
    await new WatchedJob(page).showsFrameWhileRunning();
  },
  "a job that is done": async (page) => {
    await page.goto(`/jobs/${await submit(page, { plugin: "motion" })}`);
    await new WatchedJob(page).endsWithAllFrames();
  },
  "a job with warnings": async (page) => {
    await page.goto(`/jobs/${await submit(page, { plugin: "warner" })}`);
    await new WatchedJob(page).endsWithAllFrames();
    await page.getByRole("tab", { name: /Warnings/ }).click();
    await expect(page.getByText("looks odd").first()).toBeVisible();
  },
  "a job's menu": async (page) => {
    await page.goto(`/jobs/${await submit(page, { plugin: "warner" })}`);
    await page.getByRole("button", { name: "Downloads and more" }).click();
    await expect(page.getByRole("menu")).toBeVisible();
  },
  "a job that is not there": async (page) => {
    await page.goto("/jobs/019a2f6c-7d1e-7c3a-9b52-4e8f0a6d1c37");
    await expect(page.getByText("JOB_NOT_FOUND")).toBeVisible();
  },
  "wall": async (page) => {
    const jobs = [await submit(page, { plugin: "sleepy", options: '{"ms": 60}' }), await submit(page, { plugin: "sleepy", options: '{"ms": 60}' })];
    await page.goto("/wall");
    await expect(page.getByRole("img", { name: /^Frame \d+: 1 / }).first()).toBeVisible();
    for (const jobId of jobs) await page.request.post(`/v1/jobs/${jobId}/cancel`);
    await expect(page.getByRole("listitem").getByText("Cancelled").first()).toBeVisible();
  },
  "demo": async (page) => {
    await page.goto("/demo");
    await expect(new WatchedJob(page).picture).toBeVisible();
  },
  "an address that no page has": async (page) => {
    await page.goto("/nowhere");
    await expect(page.getByRole("heading", { name: "There is no page at this address" })).toBeVisible();
  },
  "keyboard shortcuts": async (page) => {
    await page.goto("/");
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog")).toBeVisible();
  },
};

// What is still moving has colours of its own.
test.use({ contextOptions: { reducedMotion: "reduce" } });

for (const [name, come] of Object.entries(PAGES)) {
  test(`${name}: nothing serious for axe to find, no violation of the policy, nothing from elsewhere`, async ({ page, address }) => {
    const elsewhere: string[] = [];
    const failures: string[] = [];
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.host !== new URL(address).host && !["blob:", "data:"].includes(url.protocol)) elsewhere.push(url.href);
    });
    page.on("websocket", (socket) => {
      if (new URL(socket.url()).host !== new URL(address).host) elsewhere.push(socket.url());
    });
    page.on("pageerror", (error) => failures.push(error.message));
    await page.addInitScript(() => {
      window.violations = [];
      document.addEventListener("securitypolicyviolation", (event) => {
        window.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile}`);
      });
    });

    await come(page);

    await page.evaluate(await readFile(AXE, "utf8"));
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await page.evaluate(() => window.axe.run(document));
      const found = violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, impact, nodes }) => ({ id, impact, where: nodes.map(({ target }) => target) }));
      expect(found, colorScheme).toEqual([]);
    }
    expect(await page.evaluate(() => window.violations)).toEqual([]);
    expect(elsewhere).toEqual([]);
    expect(failures).toEqual([]);
  });
}
