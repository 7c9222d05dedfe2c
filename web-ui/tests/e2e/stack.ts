/** The product itself, started once for all tests on a free port and an empty data folder. */
import { test as base } from "@playwright/test";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
export const SAMPLE = join(ROOT, "plugins/samples/harbour.webm");

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;

/** Plugins that take as long as a test wants, warn, or need a choice of tools. */
const PLUGINS = ["Crasher", "Sleepy", "Twins", "Warner"].map((name) => `tests.plugins_for_tests:${name}`).join(",");

/** The environment without this process's own settings and colours. */
function cleanEnvironment(settings: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("TRANSOM_") && name !== "FORCE_COLOR");
  return { ...Object.fromEntries(kept), NO_COLOR: "1", PYTHONPATH: ROOT, TRANSOM_PLUGINS: PLUGINS, ...settings };
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

/** Waits until a worker has said what it has. */
async function workerAt(address: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const answer = (await (await fetch(`${address}/v1/plugins`)).json()) as { count: number };
    if (answer.count > 0) return;
    if (Date.now() > deadline) throw new Error("No worker has come.");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Ctrl-C, and the wait for the end of all it started. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, "exit", { signal: AbortSignal.timeout(STOP_TIMEOUT_MS) });
  child.kill("SIGINT");
  await exited;
}

/** The web server's process below this supervisor. */
async function webProcessOf(supervisor: number): Promise<number> {
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const status = await readFile(`/proc/${name}/status`, "utf8").catch(() => "");
    if (!status.includes(`\nPPid:\t${supervisor}\n`)) continue;
    const command = (await readFile(`/proc/${name}/cmdline`, "utf8")).split("\0");
    if (command.includes("web")) return Number(name);
  }
  throw new Error("There is no web server.");
}

export interface Stack {
  address: string;
  /** Kill the web server as a crash would; the supervisor starts another. */
  crashWebServer: () => Promise<void>;
}

/** Start a Transom of its own for as long as `use` takes. */
export async function withStack(settings: NodeJS.ProcessEnv, use: (stack: Stack) => Promise<void>): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), "transom-e2e-"));
  const child = spawn(join(ROOT, ".venv/bin/transom"), ["up", "--port", "0", "--data", data], {
    cwd: ROOT,
    env: cleanEnvironment(settings),
    stdio: ["ignore", "pipe", "pipe"],
  });
  try {
    const address = await addressOf(child);
    await workerAt(address);
    await use({
      address,
      crashWebServer: async () => {
        process.kill(await webProcessOf(child.pid ?? 0), "SIGKILL");
      },
    });
  } finally {
    await stop(child);
    await rm(data, { recursive: true, force: true });
  }
}

export const test = base.extend<object, { stack: Stack; address: string }>({
  stack: [
    // Playwright reads from this pattern which other fixtures are needed: none.
    async ({}, use) => {
      await withStack({}, use);
    },
    { scope: "worker", timeout: START_TIMEOUT_MS + STOP_TIMEOUT_MS },
  ],
  address: [
    async ({ stack }, use) => {
      await use(stack.address);
    },
    { scope: "worker" },
  ],
  baseURL: async ({ address }, use) => {
    await use(address);
  },
});

export { expect } from "@playwright/test";
