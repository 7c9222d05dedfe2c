/** The demonstration's switch: whatever it does to the page's connections, every message comes, and comes once. */
import type { Page } from "@playwright/test";

import { expect, test } from "./stack.ts";

const PATIENCE = { timeout: 60_000 };

const choose = (page: Page, name: string) => page.getByRole("radio", { name }).check();

/** What the counters show. */
async function counts(page: Page): Promise<Record<"received" | "checked" | "lost" | "doubled", number>> {
  const entries = await page.locator(".network__count").evaluateAll((all) =>
    all.map((one) => [one.querySelector("dt")?.textContent, Number(one.querySelector("dd")?.textContent.replaceAll(",", ""))]),
  );
  return Object.fromEntries(entries) as Awaited<ReturnType<typeof counts>>;
}

/** Another run, to its end, and until it is known what became of every message of its log. */
async function runsWhole(page: Page): Promise<void> {
  const before = (await counts(page)).checked;
  await page.getByRole("button", { name: "Run it again" }).click();
  await expect(page.getByText("Can be run again when it has ended")).toBeVisible(PATIENCE);
  await expect(page.getByRole("button", { name: "Run it again" })).toBeVisible(PATIENCE);
  await expect
    .poll(async () => {
      const { received, checked, lost } = await counts(page);
      // A frame each, and what is said before and after them.
      return checked - before > 250 && received + lost === checked;
    }, PATIENCE)
    .toBe(true);
}

const HABITS = [
  { habit: "Upgrades stripped", way: /over server-sent events: something on the way refuses WebSockets/ },
  { habit: "Answers held back", way: /\(long polling\): something on the way refuses WebSockets, and event streams do not come through/ },
  { habit: "Opened, then mute", way: /over server-sent events: something on the way lets nothing through WebSockets/ },
  { habit: "Cut every few seconds", way: /something on the way cuts every connection after a while/ },
];

test("whatever the network does, nothing is lost, nothing comes twice, and the page says how it comes", async ({ page }) => {
  test.setTimeout(480_000);
  await page.goto("/demo");
  const says = page.locator(".network__way");
  await expect(page.getByRole("radio", { name: "As it is" })).toBeChecked();
  await expect(says).toHaveText(/^Live, since \d\d:\d\d:\d\d$/, PATIENCE);

  for (const { habit, way } of HABITS) {
    await test.step(habit, async () => {
      // The first time in the middle of a run, if the machine is not faster than the test.
      await choose(page, habit);
      await expect(says, habit).toHaveText(way, PATIENCE);
      await expect(page.getByRole("button", { name: "Run it again" })).toBeVisible(PATIENCE);

      await runsWhole(page);
      expect(await counts(page), habit).toMatchObject({ lost: 0, doubled: 0 });

      await choose(page, "As it is");
      await expect(says, `after ${habit}`).toHaveText(/^Live, since/, PATIENCE);
    });
  }

  await runsWhole(page);
  expect(await counts(page)).toMatchObject({ lost: 0, doubled: 0 });
});

test("what a page asks for is done to no other page", async ({ page, context }) => {
  await page.goto("/demo");
  await expect(page.locator(".network__way")).toHaveText(/^Live, since/, PATIENCE);
  const other = await context.newPage();
  await other.goto("/demo");
  await expect(other.locator(".network__way")).toHaveText(/^Live, since/, PATIENCE);
  const since = await other.locator(".network__way").textContent();

  await choose(page, "Upgrades stripped");
  await expect(page.locator(".network__way")).toHaveText(/server-sent events/, PATIENCE);

  await expect(other.locator(".network__way")).toHaveText(since ?? "");
});

test("where the server can't be asked, the page says so, and the switch stands as the network is", async ({ page }) => {
  await page.route("**/v1/demo/network", (route) => route.abort());
  await page.goto("/demo");
  await expect(page.getByRole("radio", { name: "As it is" })).toBeChecked();

  await page.getByRole("radio", { name: "Answers held back" }).click();

  await expect(page.getByRole("alert")).toContainText("The network could not be broken");
  await expect(page.getByRole("radio", { name: "As it is" })).toBeChecked();
});
