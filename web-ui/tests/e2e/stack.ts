/** The product itself, started once for all tests on a free port and an empty data folder. */
import { test as base } from "@playwright/test";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;

/** The environment without this process's own settings and colours. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("TRANSOM_") && name !== "FORCE_COLOR");
  return { ...Object.fromEntries(kept), NO_COLOR: "1" };
}

/** The address that `transom up` prints; rejects with all it printed where it ends before that. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const printed: string[] = [];
    const fail = (what: string) => {
      reject(new Error(`transom up ${what}:\n${printed.join("\n")}`));
    };
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on("line", (line) => {
        printed.push(line);
        const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
        if (address !== undefined) resolve(address);
      });
    }
    child.once("error", reject);
    child.once("exit", (code) => {
      fail(`ended with ${code}`);
    });
    setTimeout(() => {
      fail("printed no address");
    }, START_TIMEOUT_MS).unref();
  });
}

/** Ctrl-C, and the wait for the end of all it started. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, "exit", { signal: AbortSignal.timeout(STOP_TIMEOUT_MS) });
  child.kill("SIGINT");
  await exited;
}

export const test = base.extend<object, { address: string }>({
  address: [
    // Playwright reads from this pattern which other fixtures are needed: none.
    async ({}, use) => {
      const data = await mkdtemp(join(tmpdir(), "transom-e2e-"));
      const child = spawn(join(ROOT, ".venv/bin/transom"), ["up", "--port", "0", "--data", data], {
        cwd: ROOT,
        env: cleanEnvironment(),
        stdio: ["ignore", "pipe", "pipe"],
      });
      try {
        await use(await addressOf(child));
      } finally {
        await stop(child);
        await rm(data, { recursive: true, force: true });
      }
    },
    { scope: "worker", timeout: START_TIMEOUT_MS + STOP_TIMEOUT_MS },
  ],
  baseURL: async ({ address }, use) => {
    await use(address);
  },
});

export { expect } from "@playwright/test";
