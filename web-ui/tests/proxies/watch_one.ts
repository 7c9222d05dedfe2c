/**
 * Watches one job with the product's client in Chromium, and writes down what it was handed.
 *
 * Everything comes from the environment: `WATCH_ADDRESS` (the server's, or that of a proxy before it), `WATCH_PROXY`
 * (one that the browser is told of; empty for none), `WATCH_PATH` (the stream), `WATCH_RESULT` (a file for the JSON).
 */
import { expect, test } from "@playwright/test";
import { writeFile } from "node:fs/promises";

import { clientScript, throughProxy, watching } from "../e2e/bare_client.ts";

function named(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set.`);
  return value;
}

test("watch one job", async ({ browser }) => {
  const proxy = named("WATCH_PROXY");
  const address = named("WATCH_ADDRESS");
  const opensTls = address.startsWith("https:");
  const context = proxy === "" ? await browser.newContext() : await throughProxy(browser, proxy, {}, { opensTls });
  const one = await watching(context, await clientScript(), address, named("WATCH_PATH"));
  try {
    await expect.poll(async () => (await one.heard()).ended, { timeout: 240_000 }).toBe(true);
  } finally {
    await writeFile(named("WATCH_RESULT"), JSON.stringify(await one.heard()));
  }
});
