import { defineConfig } from "@playwright/test";

import { CHROMIUM_ARGS, findChromium } from "./tests/e2e/chromium.mjs";

const executablePath = findChromium();
if (executablePath === undefined) {
  throw new Error("No Chromium was found: install one, or set CHROMIUM to its path. It is never downloaded.");
}

export default defineConfig({
  testDir: "tests/e2e",
  outputDir: "test-results",
  // One stack, started once: the tests are about what a user sees of it, not about how many fit on a machine.
  workers: 1,
  timeout: 90_000,
  // What is waited for may take its time on a busy machine; how long is no test's business.
  expect: { timeout: 15_000 },
  forbidOnly: process.env.CI === "true",
  reporter: "line",
  use: {
    browserName: "chromium",
    // Snapshots of the page, not a film of it: filming takes a whole core.
    trace: { mode: "retain-on-failure", screenshots: false },
    launchOptions: { executablePath, args: CHROMIUM_ARGS },
  },
});
