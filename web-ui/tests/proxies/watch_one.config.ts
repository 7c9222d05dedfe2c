import { defineConfig } from "@playwright/test";

import e2e from "../../playwright.config.ts";

/** One watch in Chromium, for whoever measures it from outside: see `tests/proxies/table.py`. */
export default defineConfig(e2e, {
  testDir: ".",
  testMatch: "watch_one.ts",
  outputDir: "../../test-results",
  timeout: 300_000,
  use: { trace: "off" },
});
