import { expect, test } from "./stack.ts";

test("the pages of the API need nothing from anywhere else", async ({ page, address }) => {
  const elsewhere: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (["http:", "https:", "ws:", "wss:"].includes(url.protocol) && url.origin !== address) elsewhere.push(url.href);
  });
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => {
    complaints.push(error.message);
  });

  await page.goto("/docs");

  await expect(page.getByRole("heading", { name: "Transom" })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText("/v1/jobs", { exact: true }).first()).toBeVisible();
  await expect(page.getByText("/v1/realtime", { exact: true }).first()).toBeVisible();
  expect(elsewhere).toEqual([]);
  expect(complaints).toEqual([]);
});
