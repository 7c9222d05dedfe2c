/** The list of jobs: what it shows, and what can be done in it. */
import type { Page } from "@playwright/test";

import { writeFile } from "node:fs/promises";

import { expect, test } from "./stack.ts";
import { submit, submitHeld } from "./watched_job.ts";

const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAEAAAAAwCAIAAAAuKetIAAAAU0lEQVR4nO3PQQ3AIADAQEAmSpCD1IngcVnSU9DOfe74s6UDXjWgNaA1oDWgNaA1oDWgNaA1oDWgNaA1oDWgNaA1oDWgNaA1oDWgNaA1oDWgNaB9OtsB0oHb5IsAAAAASUVORK5CYII=",
  "base64",
);

/** Submit a small picture under this name. */
async function submitPicture(page: Page, name: string, fields: Readonly<Record<string, string>>): Promise<string> {
  const answer = await page.request.post("/v1/jobs", {
    multipart: { file: { name, mimeType: "image/png", buffer: PICTURE }, ...fields },
  });
  expect(answer.status(), await answer.text()).toBe(202);
  return ((await answer.json()) as { job_id: string }).job_id;
}

test("filters, order and columns; what is chosen is in the address or remembered", async ({ page }) => {
  await submitPicture(page, "list-one.png", { plugin: "sleepy", options: '{"ms": 0}' });
  await submitPicture(page, "list-two.png", { plugin: "warner" });
  await page.goto("/jobs?q=list-");
  const rows = page.locator("tbody tr");
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText("list-two.png");
  await expect(rows.first()).toContainText("Done");

  await page.getByLabel("Sort by").selectOption("Oldest first");
  await expect(rows.first()).toContainText("list-one.png");
  await page.getByLabel("Plugin").selectOption("warner");
  await expect(rows).toHaveCount(1);
  await page.getByLabel("Status").selectOption("Error");
  await expect(page.getByText("No job matches")).toBeVisible();
  await expect(page).toHaveURL(/status=error/);
  await page.getByRole("button", { name: "Show all jobs" }).click();
  await expect(page).toHaveURL(/\/jobs$/);
  await expect(rows.first()).toBeVisible();

  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("menuitemcheckbox", { name: "Device" }).click();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("columnheader", { name: "Device" })).toBeHidden();
  await page.reload();
  await expect(page.getByRole("columnheader", { name: "Created" })).toBeVisible();
  await expect(page.getByRole("columnheader", { name: "Device" })).toBeHidden();
  await expect(page.getByLabel("Sort by")).toHaveValue("created_at");
});

test("a job that is submitted elsewhere appears, moves and ends without a reload", async ({ page }, info) => {
  const file = info.outputPath("appears.png");
  await writeFile(file, PICTURE);
  await page.goto("/jobs?q=appears");
  await expect(page.getByText("No job matches")).toBeVisible();
  await expect(page.getByText("Live", { exact: true })).toBeVisible();

  const { release } = await submitHeld(page, 60_000, { file });

  const row = page.getByRole("row", { name: /appears\.png/ });
  await expect(row).toContainText("Running");
  await release();
  await expect(row).toContainText("Done");
  await expect(row).toContainText("100 %");
});

test("several are selected: some are cancelled, some run again, all are deleted", async ({ page }) => {
  const slow = await submit(page, { plugin: "sleepy", options: '{"ms": 500}' });
  await submitPicture(page, "several.png", { plugin: "warner" });
  await page.goto("/jobs");
  const running = page.getByRole("row").filter({ has: page.locator(`a[data-job="${slow}"]`) });
  await expect(running).toContainText("Running");
  const done = page.getByRole("row", { name: /several\.png/ });
  await expect(done).toContainText("Done");

  await running.getByRole("checkbox").check();
  await done.getByRole("checkbox").check();
  await page.getByRole("button", { name: "Cancel (1)" }).click();
  await expect(page.getByRole("dialog")).toContainText("1 selected job is left alone: already ended.");
  await page.getByRole("button", { name: "Cancel the work" }).click();
  await expect(page.getByText("1 job cancelled.")).toBeVisible();
  await expect(running).toContainText("Cancelled");

  await done.getByRole("checkbox").check();
  await page.getByRole("button", { name: "Run again" }).click();
  await expect(page.getByText("1 job started again.")).toBeVisible();
  await expect(done).toHaveCount(2);
  await expect(page.getByRole("link", { name: "Watch it" })).toBeVisible();

  await expect(done.first()).toContainText("Done");
  for (const row of await done.all()) await row.getByRole("checkbox").check();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete for good" }).click();
  await expect(page.getByText("2 jobs deleted.")).toBeVisible();
  await expect(done).toHaveCount(0);
});

test("a search that finds nothing for long goes on by itself for a while, and then says so", async ({ page }) => {
  await submitPicture(page, "needle.png", { plugin: "warner" });
  let emptyPages = 3;
  const asked = new Set<number>();
  // The server ends a page after 500 jobs with its rarest word: too many to submit here.
  await page.route(/\/v1\/jobs\?.*q=needle/, async (route) => {
    const url = new URL(route.request().url());
    const at = Number((url.searchParams.get("after") ?? "0").slice(0, 8));
    asked.add(at);
    url.searchParams.delete("after");
    if (at >= emptyPages) return route.fallback({ url: url.href });
    const next = `${String(at + 1).padStart(8, "0")}-0000-7000-8000-000000000000`;
    return route.fulfill({ json: { jobs: [], count: 0, next_after: next } });
  });
  await page.goto("/jobs?q=needle");
  await expect(page.locator("tbody tr")).toContainText("needle.png");
  expect([...asked]).toEqual([0, 1, 2, 3]);

  emptyPages = 24;
  await page.reload();
  await expect(page.getByText("No match so far")).toBeVisible();
  await page.getByRole("button", { name: "Older" }).click();
  await expect(page.locator("tbody tr")).toContainText("needle.png");
});

test("more jobs than a page has: on to older ones, and back", async ({ page }) => {
  for (let job = 0; job < 51; job += 1) await submitPicture(page, `page-${job}.png`, { plugin: "warner" });
  await page.goto("/jobs?q=page-");
  const rows = page.locator("tbody tr");
  await expect(rows).toHaveCount(50);
  await expect(page.getByRole("button", { name: "Newer" })).toBeDisabled();
  await expect(page.getByText("50 jobs on this page, more follow")).toBeVisible();

  await page.getByRole("button", { name: "Older" }).click();
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText("page-0.png");
  await expect(page.getByText("1 job on this page, the last one")).toBeVisible();
  await expect(page.getByRole("button", { name: "Older" })).toBeDisabled();
  await page.getByRole("button", { name: "Newer" }).click();
  await expect(rows).toHaveCount(50);

  await page.goBack();
  await expect(rows).toHaveCount(1);
});

test("the choice of an order is read in full on a phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/jobs");
  const order = page.getByLabel("Sort by");
  // As wide as its longest words want it, in the same font.
  const room = await order.evaluate((select) => {
    const natural = select.cloneNode(true) as HTMLElement;
    natural.style.cssText = "position: absolute; width: max-content; min-width: 0";
    select.parentElement?.append(natural);
    const wanted = natural.getBoundingClientRect().width;
    natural.remove();
    return select.getBoundingClientRect().width - wanted;
  });
  expect(room).toBeGreaterThanOrEqual(0);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the progress of a selected row stands out from it: ${colorScheme}`, async ({ page }) => {
    await submitPicture(page, "selected.png", { plugin: "warner" });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.goto("/jobs?q=selected");
    const row = page.locator("tbody tr").first();
    await row.getByRole("checkbox").check();
    await expect(row).toHaveAttribute("data-selected");

    const contrast = await row.evaluate((element) => {
      const luminance = (colour: string): number => {
        const parts = (/rgb\((\d+), (\d+), (\d+)/.exec(colour) ?? []).slice(1).map((part) => Number(part) / 255);
        const [red = 0, green = 0, blue = 0] = parts.map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      };
      const track = element.querySelector(".row-progress__track");
      if (track === null) throw new Error("There is no track.");
      const [one = 0, other = 0] = [getComputedStyle(track).boxShadow, getComputedStyle(element).backgroundColor].map(luminance);
      return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    });
    expect(contrast).toBeGreaterThan(3);
  });
}

test("who does not want to wait for the list's connection has it tried at once", async ({ page }) => {
  const line = page.locator(".connection-line");
  let isBlocked = true;
  await page.routeWebSocket("**/v1/realtime**", (socket) => {
    if (isBlocked) void socket.close({ code: 1013 });
    else socket.connectToServer();
  });
  await page.goto("/jobs");
  // The pauses grow: by now it would wait for some seconds by itself.
  await expect(line).toContainText("attempt 4 of 5", { timeout: 30_000 });

  isBlocked = false;
  await line.getByRole("button", { name: "Try now" }).click();

  await expect(line).toHaveAttribute("data-status", "OPEN");
});

test("theme and density are chosen and remembered", async ({ page }) => {
  await page.goto("/jobs");
  for (const choice of ["Dark", "Compact"]) {
    await page.getByRole("button", { name: "Look of the pages" }).click();
    await page.getByRole("menuitemradio", { name: choice }).click();
  }
  const root = page.locator("html");
  await expect(root).toHaveAttribute("data-theme", "dark");
  await page.reload();
  await expect(root).toHaveAttribute("data-theme", "dark");
  await expect(root).toHaveAttribute("data-density", "compact");
  await expect(page.locator("body")).toHaveCSS("color-scheme", "dark");
});

test("the demo runs by itself, once a visit, and again when asked", async ({ page }) => {
  await page.goto("/demo");
  // First what is there only while it runs.
  await expect(page.getByText("Can be run again when it has ended")).toBeVisible();
  await expect(page.getByRole("button", { name: "Run it again" })).toHaveCount(0);
  await expect(page.getByRole("img", { name: /^Frame \d+ at .*: \d+ motion/ })).toBeVisible();
  await expect(page).toHaveTitle("Done: harbour.webm – Transom", { timeout: 30_000 });
  const jobs = async (): Promise<number> => {
    const answer = await page.request.get("/v1/jobs?plugin=motion&limit=200");
    return ((await answer.json()) as { count: number }).count;
  };
  const before = await jobs();

  await page.reload();
  await expect(page).toHaveTitle("Done: harbour.webm – Transom");
  expect(await jobs()).toBe(before);

  await page.getByRole("button", { name: "Run it again" }).click();
  await expect(page).toHaveTitle(/^\d+ % harbour\.webm – Transom$/);
  expect(await jobs()).toBe(before + 1);
});
