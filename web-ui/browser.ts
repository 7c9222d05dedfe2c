/** The browser in which specs and stories run: the one that the machine has. */
import { playwright } from "@vitest/browser-playwright";
import type { BrowserConfigOptions } from "vitest/node";

import { CHROMIUM_ARGS, findChromium } from "./tests/e2e/chromium.mjs";

/** A new object for each project: Vitest writes into it. */
export function chromium(args: readonly string[] = []): BrowserConfigOptions {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error("No Chromium was found: install one, or set CHROMIUM to its path. It is never downloaded.");
  }
  return {
    enabled: true,
    headless: true,
    screenshotFailures: false,
    provider: playwright({
      launchOptions: { executablePath, args: [...CHROMIUM_ARGS, ...args] },
    }),
    instances: [{ browser: "chromium" }],
  };
}

/** What specs and stories import: made ready at the start, since a page that reloads in mid-run fails its tests. */
export const READY = [
  "@cfworker/json-schema",
  "@rjsf/core",
  "@rjsf/utils",
  "@tanstack/react-query",
  "@tanstack/react-virtual",
  "axe-core",
  "eventsource-parser",
  "eventsource-parser/stream",
  "openapi-fetch",
  "radix-ui",
  "react",
  "react-dom",
  "react-dom/client",
  "react/jsx-dev-runtime",
  "react/jsx-runtime",
  "valibot",
  "vitest-browser-react",
  "wouter",
  "wouter/memory-location",
  "wouter/use-browser-location",
];
