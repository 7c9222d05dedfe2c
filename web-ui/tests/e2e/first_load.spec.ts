/** How much script the first page needs, measured on the built files. */
import { expect, test } from "@playwright/test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { ROOT } from "./stack.ts";

const BUILT = join(ROOT, "app/web_ui");
const MAX_BYTES = 200_000;

/** The scripts that come before anything is shown: those of the page, and what they import. */
async function firstScripts(): Promise<Map<string, string>> {
  const page = await readFile(join(BUILT, "index.html"), "utf8");
  const found = new Map<string, string>();
  const waiting = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map((match) => match[1] ?? "");
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    const script = await readFile(join(BUILT, name), "utf8");
    found.set(name, script);
    // What is imported by name comes at once; what is imported by a call, when it is wanted.
    for (const match of script.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)) waiting.push(`assets/${match[1] ?? ""}`);
  }
  return found;
}

test("the first load stays below 200 KB of script, packed", async () => {
  const scripts = await firstScripts();

  expect(scripts.size).toBeGreaterThan(0);
  const bytes = [...scripts.values()].reduce((sum, script) => sum + gzipSync(script).length, 0);
  expect(bytes).toBeLessThan(MAX_BYTES);
});
