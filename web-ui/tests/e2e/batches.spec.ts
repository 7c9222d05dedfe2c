/** Batches: many inputs handed in at once, watched, filtered, and run again. */
import type { Locator, Page } from "@playwright/test";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { batchEnded, type Colour, isNear, painted, picture, type SentFile, submitBatch } from "./batches.ts";
import { expect, SAMPLE, test } from "./stack.ts";

const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAEAAAAAwCAIAAAAuKetIAAAAU0lEQVR4nO3PQQ3AIADAQEAmSpCD1IngcVnSU9DOfe74s6UDXjWgNaA1oDWgNaA1oDWgNaA1oDWgNaA1oDWgNaA1oDWgNaA1oDWgNaA1oDWgNaB9OtsB0oHb5IsAAAAASUVORK5CYII=",
  "base64",
);
const NOTES = { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no picture at all") };

/** So many small pictures. */
function pictures(count: number): SentFile[] {
  return Array.from({ length: count }, (_, n) => ({ name: `picture-${n + 1}.png`, mimeType: "image/png", buffer: PICTURE }));
}

/** The rows of the list, as many as are on the page. */
function itemsOf(page: Page): Locator {
  return page.getByRole("list", { name: /^Items/ }).getByRole("listitem");
}

/** How far a row says that it is; null where it says nothing of that. */
async function percentOf(row: Locator): Promise<number | null> {
  const found = /(\d+) %/.exec(await row.innerText());
  return found === null ? null : Number(found[1]);
}

/** Drop files anywhere on the page. */
async function drop(page: Page, files: readonly SentFile[]): Promise<void> {
  const told = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, content: buffer.toString("base64") }));
  const dataTransfer = await page.evaluateHandle((dropped) => {
    const transfer = new DataTransfer();
    for (const { name, mimeType, content } of dropped) {
      const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
      transfer.items.add(new File([bytes], name, { type: mimeType }));
    }
    return transfer;
  }, told);
  await page.dispatchEvent("body", "dragover", { dataTransfer });
  await page.dispatchEvent("body", "drop", { dataTransfer });
}

test("three pictures and a text are one batch: it counts to its end, says what failed, and runs that again", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("radio", { name: "Sleepy" }).check();
  await drop(page, [...pictures(3), NOTES]);
  await expect(page.getByText("4 files")).toBeVisible();
  await page.getByRole("button", { name: "Run all 4" }).click();

  await expect(page).toHaveURL(/\/batches\/[0-9a-f-]{36}$/);
  const count = (word: string) => page.getByRole("group", { name: "Show items by status" }).getByRole("button", { name: word });
  await expect(count("Done")).toHaveText(/3$/);
  await expect(count("Error")).toHaveText(/1$/);
  await expect(page.getByText("4 of 4 ended")).toBeVisible();
  await expect(page.getByRole("progressbar", { name: "Progress" })).toHaveAttribute("aria-valuenow", "100");
  await expect(page.getByRole("button", { name: "Delete…" })).toBeVisible();
  const rows = page.getByRole("list", { name: /^Items/ }).getByRole("listitem");
  await expect(rows).toHaveCount(4);
  await expect(rows.filter({ hasText: "picture-2.png" })).toContainText("Done");
  await expect(rows.filter({ hasText: "notes.txt" })).toContainText("UNSUPPORTED_INPUT");
  await expect(rows.filter({ hasText: "picture-2.png" }).locator("img")).toHaveJSProperty("complete", true);

  await count("Error").click();
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText("notes.txt");
  await page.reload();
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText("UNSUPPORTED_INPUT");
  await expect(page.getByText("4 of 4 ended")).toBeVisible();

  await page.getByRole("button", { name: "Retry the failed (1)" }).click();
  await expect(page.getByText("1 item runs again.")).toBeVisible();
  await expect(page.getByText("4 of 4 ended")).toBeVisible();
  await expect(rows).toContainText("UNSUPPORTED_INPUT");

  await count("All").click();
  await rows.filter({ hasText: "picture-2.png" }).getByRole("link").click();
  await expect(page).toHaveURL(/\/jobs\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("heading", { name: "picture-2.png" })).toBeVisible();
});

test("a batch runs while one looks, stays right when the server is lost, and is cancelled and deleted on a phone", async ({ page, stack }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const batchId = await submitBatch(page, pictures(150), { plugin: "sleepy", options: '{"ms": 300}', name: "many" });
  await page.goto(`/batches/${batchId}`);
  await expect(page.getByRole("heading", { name: "many" })).toBeVisible();
  const ended = async () => Number(/^(\d+) of 150 ended$/.exec(await page.getByText(/of 150 ended/).innerText())?.[1]);
  await expect.poll(ended).toBeGreaterThan(0);
  const rows = page.getByRole("list", { name: /^Items/ }).getByRole("listitem");
  await expect(rows.first()).toContainText("Done");
  const before = await ended();

  await stack.crashWebServer();
  await expect.poll(ended, { timeout: 40_000 }).toBeGreaterThan(before + 2);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);

  await page.getByRole("button", { name: "Cancel…" }).click();
  await expect(page.getByRole("dialog")).toContainText("Cancel many?");
  await page.getByRole("button", { name: "Cancel the work" }).click();
  await expect(page.getByText("150 of 150 ended")).toBeVisible();
  await expect(rows.nth(3)).toContainText(/Done|Cancelled/);
  const told = (await (await page.request.get(`/v1/batches/${batchId}`)).json()) as { counts: { done: number; cancelled: number } };
  const count = (word: string) => page.getByRole("group", { name: "Show items by status" }).getByRole("button", { name: word });
  await expect(count("Done")).toHaveText(new RegExp(`${told.counts.done}$`));
  await expect(count("Cancelled")).toHaveText(new RegExp(`${told.counts.cancelled}$`));

  await page.goto("/batches");
  const row = page.getByRole("listitem").filter({ hasText: "many" });
  await expect(row).toContainText("Cancelled");
  await expect(row).toContainText("150 of 150");
  await row.getByRole("link", { name: "many" }).click();
  await page.getByRole("button", { name: "Delete…" }).click();
  await page.getByRole("button", { name: "Delete for good" }).click();
  await expect(page).toHaveURL(/\/batches$/);
  await expect(page.getByText("many")).toHaveCount(0);
});

test("a folder is a batch of its name, without what the system keeps in it", async ({ page }, info) => {
  const folder = info.outputPath("harbour pictures");
  await mkdir(join(folder, "more"), { recursive: true });
  for (const name of ["one.png", "more/two.png", ".hidden"]) await writeFile(join(folder, name), PICTURE);
  await page.goto("/");
  await page.getByRole("radio", { name: "Sleepy" }).check();
  const asked = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose a folder" }).click();
  await (await asked).setFiles(folder);
  await expect(page.getByText("2 files of harbour pictures")).toBeVisible();
  await page.getByRole("button", { name: "Run all 2" }).click();

  await expect(page.getByRole("heading", { name: "harbour pictures" })).toBeVisible();
  await expect(page.getByText("2 of 2 ended")).toBeVisible();
});

test("a manifest is a batch: what is wrong with an entry is told with its line", async ({ page }) => {
  const lines = ['{"path": "nowhere.png"}', "{no entry", "", '{"url": "http://127.0.0.1:1/x.png", "name": "far.png"}'];
  await page.goto("/");
  await page.getByRole("radio", { name: "Sleepy" }).check();
  await page.locator("input[type=file]").setInputFiles({
    name: "list.ndjson",
    mimeType: "application/x-ndjson",
    buffer: Buffer.from(lines.join("\n")),
  });
  await expect(page.getByText("A manifest:")).toBeVisible();
  await page.getByRole("button", { name: "Run it" }).click();

  await expect(page.getByRole("heading", { name: "list.ndjson" })).toBeVisible();
  const rows = page.getByRole("list", { name: /^Items/ }).getByRole("listitem");
  await expect(rows.nth(1)).toContainText("MANIFEST_ITEM_INVALID");
  await expect(rows.nth(1)).toContainText("Line 2 of the manifest.");
  await expect(rows.filter({ hasText: "far.png" })).toContainText("Line 4 of the manifest.");
});

test("more than a form holds: large files go ahead in pieces, and are items of the same batch", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("radio", { name: "Sleepy" }).check();
  const large = Buffer.concat([PICTURE, Buffer.alloc(9 * 1024 * 1024)]);
  await page.locator("input[type=file]").setInputFiles([...pictures(1), { name: "large.png", mimeType: "image/png", buffer: large }]);
  await page.getByRole("button", { name: "Run all 2" }).click();

  await expect(page.getByText("2 of 2 ended")).toBeVisible();
  const rows = page.getByRole("list", { name: /^Items/ }).getByRole("listitem");
  await expect(rows.filter({ hasText: "large.png" })).toContainText("Done");
});

const COLOURS: Readonly<Record<string, Colour>> = { "red.png": [200, 30, 40], "green.png": [20, 160, 60], "blue.png": [30, 60, 190] };

for (const [what, plugin, options] of [
  ["that are done", "sleepy", '{"ms": 0}'],
  ["whose tool failed", "crasher", '{"frame": 0}'],
] as const) {
  test(`items ${what} are shown by a small picture each, their own; what is no picture by its kind`, async ({ page }) => {
    const files = Object.entries(COLOURS).map(([name, colour]) => picture(name, colour));
    const batchId = await submitBatch(page, [...files, NOTES], { plugin, options, name: what });
    await batchEnded(page, batchId);
    const read: string[] = [];
    page.on("request", (request) => read.push(new URL(request.url()).pathname));
    await page.goto(`/batches/${batchId}`);

    const rows = itemsOf(page);
    await expect(rows).toHaveCount(4);
    for (const [name, colour] of Object.entries(COLOURS)) {
      const row = rows.filter({ hasText: name });
      await expect.poll(async () => isNear((await painted(row.locator("img")))?.colour ?? [0, 0, 0], colour)).toBe(true);
      expect(await painted(row.locator("img"))).toMatchObject({ width: 168, height: 126 });
    }
    const notes = rows.filter({ hasText: "notes.txt" });
    await expect(notes.locator("img")).toHaveCount(0);
    // The icon of its status is the other one.
    await expect(notes.locator("svg")).toHaveCount(2);
    const heights = await rows.evaluateAll((all) => all.map((row) => row.querySelector(".thumbnail")?.clientHeight));
    expect(new Set(heights)).toEqual(new Set([42]));
    expect(read.filter((path) => path.endsWith("/input"))).toEqual([]);
  });
}

test("a film that runs is shown by a frame of it, and its row's progress moves as the job's does, also after a reload and a crash", async ({
  page,
  stack,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const films = [{ name: "harbour.webm", mimeType: "video/webm", buffer: await readFile(SAMPLE) }];
  const batchId = await submitBatch(page, films, { plugin: "sleepy", options: '{"ms": 250}', name: "a film" });
  const job = async () => {
    const { jobs } = (await (await page.request.get(`/v1/jobs?batch_id=${batchId}`)).json()) as { jobs: { status: string; progress: number }[] };
    return jobs[0];
  };
  await page.goto(`/batches/${batchId}`);
  const row = itemsOf(page).filter({ hasText: "harbour.webm" });
  await expect(row).toContainText("Running");
  await expect.poll(async () => (await painted(row.locator("img")))?.width ?? 0).toBe(168);

  const first = await percentOf(row);
  await expect.poll(async () => (await percentOf(row)) ?? 0).toBeGreaterThan((first ?? 0) + 3);
  const shown = (await percentOf(row)) ?? 0;
  expect((await job())?.progress).toBeGreaterThanOrEqual(shown);

  await page.reload();
  await expect.poll(async () => (await percentOf(row)) ?? 0).toBeGreaterThanOrEqual(shown);
  await stack.crashWebServer();
  await expect.poll(async () => (await percentOf(row)) ?? 0, { timeout: 40_000 }).toBeGreaterThan(shown + 5);
  expect((await job())?.status).toBe("running");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);

  await page.getByRole("button", { name: "Cancel…" }).click();
  await page.getByRole("button", { name: "Cancel the work" }).click();
  await expect(row).toContainText("Cancelled");
  await expect(row.locator("img")).toBeVisible();
});

test("of a long list only the pictures of rows that are there are waited for, however one scrolls", async ({ page }) => {
  const batchId = await submitBatch(page, pictures(200), { plugin: "sleepy", options: '{"ms": 0}', name: "long" });
  await batchEnded(page, batchId);
  let isStalled = true;
  const waiting = new Set<string>();
  const asked = new Set<string>();
  await page.route(/\/thumbnail$/, async (route) => {
    asked.add(route.request().url());
    waiting.add(route.request().url());
    if (!isStalled) await route.continue();
  });
  page.on("requestfailed", (request) => waiting.delete(request.url()));

  await page.goto(`/batches/${batchId}`);
  const rows = itemsOf(page);
  const there = () => rows.evaluateAll((all) => all.map((row) => row.querySelector("a")?.dataset.job ?? ""));
  const stranded = async () => {
    const jobs = await there();
    return [...waiting].filter((url) => !jobs.some((job) => url.includes(job)));
  };
  for (const name of ["picture-1.png", "picture-60.png", "picture-130.png", "picture-200.png"]) {
    const place = Number(/\d+/.exec(name)?.[0]);
    await page.evaluate((share) => {
      window.scrollTo(0, share * document.documentElement.scrollHeight);
    }, (place - 1) / 199);
    await expect(rows.filter({ hasText: name })).toBeVisible();
    const jobs = await there();
    await expect.poll(() => jobs.some((job) => [...waiting].some((url) => url.includes(job)))).toBe(true);
    await expect.poll(stranded).toEqual([]);
  }
  expect(asked.size).toBeLessThan(200);

  isStalled = false;
  await page.reload();
  // As long as the list is not there, there is nothing to scroll.
  await expect(rows.first()).toBeVisible();
  const last = rows.filter({ hasText: "picture-200.png" });
  await page.evaluate(() => {
    window.scrollTo(0, document.documentElement.scrollHeight);
  });
  await expect.poll(async () => (await painted(last.locator("img")))?.width ?? 0).toBe(64);
});
