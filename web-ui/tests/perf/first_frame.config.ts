import { defineConfig } from "@playwright/test";

import e2e from "../../playwright.config.ts";

/** The benchmark beside the browser tests: the same Chromium and stack, another folder. */
export default defineConfig(e2e, {
  testDir: ".",
  testMatch: "first_frame.bench.ts",
  outputDir: "../../test-results",
  timeout: 300_000,
  // A trace films the page all the while: what would be measured then is the filming.
  use: { trace: "off" },
  reporter: "list",
});
