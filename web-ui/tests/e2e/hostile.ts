/** The proxy with bad habits (`tests/proxies/hostile.py`) in front of a Transom. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { ROOT } from "./stack.ts";

/** What the proxy says of one request. */
export interface Entry {
  method: string;
  path: string;
  status: number;
  bytes_in: number;
  done: string[];
}

export interface HostileProxy {
  address: string;
  /** The requests so far that have ended. */
  log: () => Promise<Entry[]>;
  /** Hang up on whoever is connected. */
  cut: () => void;
}

/** Put a proxy with these modes before a server for as long as `use` takes. */
export async function hostileProxy(
  target: string,
  modes: readonly string[],
  use: (proxy: HostileProxy) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "transom-hostile-"));
  const file = join(folder, "log");
  const args = ["-m", "tests.proxies.hostile", "--to", target, "--log", file, ...modes.flatMap((mode) => ["--mode", mode])];
  const child = spawn(join(ROOT, ".venv/bin/python"), args, { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  try {
    const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    await use({
      address: /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? "",
      log: async () => {
        const lines = (await readFile(file, "utf8")).split("\n").filter((text) => text !== "");
        return lines.map((text) => JSON.parse(text) as Entry);
      },
      cut: () => {
        child.stdin.write('{"cut": true}\n');
      },
    });
  } finally {
    child.kill("SIGTERM");
    await exited;
    await rm(folder, { recursive: true, force: true });
  }
}
