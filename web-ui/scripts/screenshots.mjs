/**
 * Pictures of every page in its states, at three widths and in both themes, for people to look at.
 *
 * `node scripts/screenshots.mjs ADDRESS FOLDER [NAME]`: of a Transom that runs at ADDRESS; only those whose name
 * begins with NAME. Jobs are submitted there, so it should not be one that somebody uses.
 */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { argv, stdout } from "node:process";
import { chromium } from "playwright";

import { CHROMIUM_ARGS, findChromium } from "../tests/e2e/chromium.mjs";

const [, , address = "http://127.0.0.1:8000", folder = "screenshots", only = ""] = argv;
const WIDTHS = { 390: 844, 820: 1180, 1440: 900 };
const SAMPLE = new URL("../../plugins/samples/harbour.webm", import.meta.url);

/**
 * A field of an answer.
 *
 * @param {Response} answer
 * @param {string} name
 */
async function textIn(answer, name) {
  /** @type {unknown} */
  const body = await answer.json();
  if (!answer.ok || typeof body !== "object" || body === null) throw new Error(JSON.stringify(body));
  return String(Reflect.get(body, name));
}

/** @param {Record<string, string>} fields */
async function submit(fields) {
  const form = new FormData();
  form.append("file", new Blob([await readFile(SAMPLE)], { type: "video/webm" }), fields.name ?? "harbour.webm");
  for (const [name, value] of Object.entries(fields)) if (name !== "name") form.append(name, value);
  return textIn(await fetch(`${address}/v1/jobs`, { method: "POST", body: form }), "job_id");
}

/** @param {string} jobId */
async function ended(jobId) {
  for (;;) {
    const status = await textIn(await fetch(`${address}/v1/jobs/${jobId}`), "status");
    if (!["queued", "running"].includes(status)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** @type {Record<string, (page: import("playwright").Page) => Promise<void>>} */
const PAGES = {
  submit: async (page) => {
    await page.goto("/");
    await page.getByRole("radio").first().waitFor();
  },
  "submit-ready": async (page) => {
    await page.goto("/");
    await page.locator("input[type=file]").setInputFiles(SAMPLE.pathname);
    await page.getByRole("radio", { name: "Motion" }).check();
    await page.getByText("Options").click();
    await page.getByLabel("Sensitivity").fill("3");
    await page.getByText("must be 1 or less").waitFor();
  },
  "submit-sending": async (page) => {
    const session = await page.context().newCDPSession(page);
    await session.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: 40_000,
    });
    await page.goto("/");
    await page.locator("input[type=file]").setInputFiles(SAMPLE.pathname);
    await page.getByRole("button", { name: "Run it" }).click();
    await page.getByText("/s").waitFor();
  },
  "submit-refused": async (page) => {
    await page.goto("/");
    await page.locator("input[type=file]").setInputFiles({
      name: "notes.mp4",
      mimeType: "video/mp4",
      buffer: Buffer.from("no film at all"),
    });
    await page.getByRole("button", { name: "Run it" }).click();
    await page.getByRole("alert").waitFor();
  },
  "submit-no-worker": async (page) => {
    await page.route("**/v1/plugins", (route) => route.fulfill({ json: { plugins: [], count: 0 } }));
    await page.goto("/");
    await page.getByText("No worker is connected").waitFor();
  },
  jobs: async (page) => {
    await page.goto("/jobs");
    await page.getByRole("row").nth(1).waitFor();
  },
  "jobs-selected": async (page) => {
    await page.goto("/jobs");
    const boxes = page.getByRole("checkbox", { name: /^Select (?!all)/ });
    for (const place of [0, 1, 2]) await boxes.nth(place).check();
  },
  "jobs-delete": async (page) => {
    await page.goto("/jobs");
    await page.getByRole("checkbox", { name: /^Select (?!all)/ }).nth(1).check();
    await page.getByRole("checkbox", { name: /^Select (?!all)/ }).nth(2).check();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").waitFor();
  },
  "jobs-no-match": async (page) => {
    await page.goto("/jobs?q=nowhere");
    await page.getByText("No job matches").waitFor();
  },
  "jobs-empty": async (page) => {
    await page.route("**/v1/jobs?**", (route) => route.fulfill({ json: { jobs: [], count: 0, next_after: null } }));
    await page.goto("/jobs");
    await page.getByText("No jobs yet").waitFor();
  },
  "jobs-loading": async (page) => {
    await page.route("**/v1/jobs?**", () => new Promise(() => undefined));
    await page.goto("/jobs");
    await page.getByText("Loading the jobs").waitFor();
  },
  "jobs-failed": async (page) => {
    await page.route("**/v1/jobs?**", (route) => route.fulfill({ status: 404, json: {} }));
    await page.goto("/jobs");
    await page.getByRole("alert").waitFor();
  },
  "job-running": async (page) => {
    const jobId = await submit({ plugin: "sleepy", options: '{"ms": 60}' });
    await page.goto(`/jobs/${jobId}`);
    await page.getByText(/frame ([3-9]\d|\d{3}) /).first().waitFor();
  },
  "job-done": async (page) => {
    const jobId = await submit({ plugin: "motion", name: "harbour-cam-07.webm" });
    await ended(jobId);
    await page.goto(`/jobs/${jobId}`);
    await page.locator("video").waitFor();
    await page.getByRole("slider", { name: "Timeline" }).focus();
    await page.keyboard.press("Home");
    for (let step = 0; step < 5; step += 1) await page.keyboard.press("PageUp");
  },
  "job-menu": async (page) => {
    const jobId = await submit({ plugin: "motion" });
    await ended(jobId);
    await page.goto(`/jobs/${jobId}`);
    await page.getByRole("button", { name: "Downloads and more" }).click();
    await page.getByRole("menu").waitFor();
  },
  "job-error": async (page) => {
    const jobId = await submit({ plugin: "crasher", options: '{"frame": 20}' });
    await ended(jobId);
    await page.goto(`/jobs/${jobId}`);
    await page.getByRole("alert").waitFor();
  },
  "job-warnings": async (page) => {
    const jobId = await submit({ plugin: "warner" });
    await ended(jobId);
    await page.goto(`/jobs/${jobId}`);
    await page.getByRole("tab", { name: /Warnings/ }).click();
  },
  "job-offline": async (page) => {
    const jobId = await submit({ plugin: "sleepy", options: '{"ms": 60}' });
    await page.goto(`/jobs/${jobId}`);
    await page.getByText(/frame \d{2,3} /).first().waitFor();
    await page.context().setOffline(true);
    await page.getByText("Offline").first().waitFor();
  },
  "job-log": async (page) => {
    const jobId = await submit({ plugin: "crasher", options: '{"frame": 20}' });
    await ended(jobId);
    await page.goto(`/jobs/${jobId}`);
    await page.getByRole("tab", { name: "Log" }).click();
    await page.locator(".event-log li, .event-log tr").first().waitFor();
  },
  "job-errors": async (page) => {
    const jobId = await submit({ plugin: "crasher", options: '{"frame": 20}' });
    await ended(jobId);
    await page.goto(`/jobs/${jobId}`);
    await page.getByRole("tab", { name: /Errors/ }).click();
  },
  "job-cancelled": async (page) => {
    const jobId = await submit({ plugin: "sleepy", options: '{"ms": 60}' });
    await page.goto(`/jobs/${jobId}`);
    await page.getByText(/frame \d{2,3} /).first().waitFor();
    await fetch(`${address}/v1/jobs/${jobId}/cancel`, { method: "POST" });
    await page.getByText("Cancelled").first().waitFor();
  },
  "job-queued": async (page) => {
    // More than there are workers for.
    for (let n = 0; n < 4; n += 1) await submit({ plugin: "sleepy", options: '{"ms": 60}' });
    const jobId = await submit({ plugin: "motion" });
    await page.goto(`/jobs/${jobId}`);
    await page.getByText("Queued").first().waitFor();
  },
  "job-image": async (page) => {
    const first = await submit({ plugin: "motion" });
    await ended(first);
    const picture = await fetch(`${address}/v1/jobs/${first}/frames/0.jpg`);
    const form = new FormData();
    form.append("file", new Blob([await picture.arrayBuffer()], { type: "image/jpeg" }), "harbour.jpg");
    form.append("plugin", "codes");
    const jobId = await textIn(await fetch(`${address}/v1/jobs`, { method: "POST", body: form }), "job_id");
    await ended(jobId);
    await page.goto(`/jobs/${jobId}`);
    await page.getByText("Done").first().waitFor();
  },
  "job-missing": async (page) => {
    await page.goto("/jobs/019a2f6c-7d1e-7c3a-9b52-4e8f0a6d1c37");
    await page.getByRole("alert").waitFor();
  },
  demo: async (page) => {
    await page.goto("/demo");
    await page.getByText(/frame ([6-9]\d|\d{3}) /).first().waitFor();
  },
  "not-found": async (page) => {
    await page.goto("/nowhere");
    await page.getByRole("heading").first().waitFor();
  },
  help: async (page) => {
    await page.goto("/");
    await page.getByRole("radio").first().waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
  },
  look: async (page) => {
    await page.goto("/jobs");
    await page.getByRole("button", { name: "Look of the pages" }).click();
    await page.getByRole("menu").waitFor();
  },
};

await mkdir(folder, { recursive: true });
const executablePath = findChromium();
if (executablePath === undefined) throw new Error("No Chromium was found.");
const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS });
for (const [name, come] of Object.entries(PAGES).filter(([known]) => known.startsWith(only))) {
  for (const [width, height] of Object.entries(WIDTHS)) {
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      const viewport = { width: Number(width), height };
      const context = await browser.newContext({ baseURL: address, viewport, colorScheme });
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      const file = join(folder, `${name}-${width}-${colorScheme}.png`);
      try {
        await come(page);
        // Pictures and skeletons that just came have drawn themselves.
        await page.waitForTimeout(400);
        await page.screenshot({ path: file, fullPage: name.startsWith("submit") });
        stdout.write(`${file}\n`);
      } catch (error) {
        stdout.write(`${file}: ${String(error)}\n`);
      }
      await context.close();
    }
  }
}
await browser.close();
