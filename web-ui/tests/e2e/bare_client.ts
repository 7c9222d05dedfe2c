/** The product's client in pages that have nothing else, which note what it hands over. */
import type { Browser, BrowserContext, Page } from "@playwright/test";
import { fileURLToPath } from "node:url";
import { build, type Rolldown } from "vite";

import type { Heard } from "./page/client.ts";

/** The client as one script. */
export async function clientScript(): Promise<string> {
  const entry = fileURLToPath(new URL("page/client.ts", import.meta.url));
  const made = await build({
    configFile: false,
    logLevel: "error",
    build: { write: false, minify: false, lib: { entry, formats: ["iife"], name: "watching" } },
  });
  const [first] = (Array.isArray(made) ? made : [made]) as Rolldown.RolldownOutput[];
  if (first === undefined) throw new Error("The client was not built.");
  return first.output[0].code;
}

export interface Watching {
  page: Page;
  heard: () => Promise<Heard>;
}

/** A page of this address with the client in it, which follows `path`. */
export async function watching(context: BrowserContext, script: string, address: string, path: string): Promise<Watching> {
  const page = await context.newPage();
  // Whatever is there, its origin is the address: a proxy may have answered something else.
  await page.goto(`${address}/livez`);
  await page.evaluate(script);
  await page.evaluate((url) => window.follow(url), path);
  return { page, heard: () => page.evaluate(() => window.heard()) };
}

/**
 * A context of the browser's that goes through this proxy, as one that was told of it; with `opensTls` whatever
 * certificate the proxy shows is taken, as on a machine that trusts it.
 */
export function throughProxy(
  browser: Browser,
  server: string,
  credentials: { username?: string; password?: string },
  { opensTls = false }: { opensTls?: boolean } = {},
): Promise<BrowserContext> {
  // A browser goes around its proxy for what is on its own machine, unless it is told not to.
  return browser.newContext({ proxy: { server, bypass: "<-loopback>", ...credentials }, ignoreHTTPSErrors: opensTls });
}
