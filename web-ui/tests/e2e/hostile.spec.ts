/**
 * The client in a real Chromium, behind proxies with bad habits: everything comes, once and in order.
 *
 * All of them watch one job at once. What counts is what the client hands over, before anybody reads the log; that it
 * came through the proxy, the proxy's own log says.
 */
import type { APIRequestContext, BrowserContext, Page } from "@playwright/test";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { clientScript, throughProxy, watching, type Watching } from "./bare_client.ts";
import { type HostileProxy, hostileProxy } from "./hostile.ts";
import type { Heard } from "./page/client.ts";
import { expect, ROOT, test } from "./stack.ts";
import { FRAMES, submit, submitHeld, WatchedJob } from "./watched_job.ts";

/** How often the sample is repeated: a message a frame, at least. */
const REPEATS = 8;
/** Pages that look for a way at the same time. */
const AT_ONCE = 4;
/** As long as the machine needs, with all those browsers on it. */
const PATIENCE = { timeout: 120_000 };

/** In front of the server, as its own address. */
const BEFORE_THE_SERVER = [
  "pass",
  "refuse-upgrades",
  "strip-upgrades",
  "mute-upgrades",
  "refuse-upgrades+hold-headers",
  "mute-upgrades+hold-bodies",
  "refuse-upgrades+hold-gets",
  "refuse-upgrades+lumps-1-kb",
  "refuse-upgrades+lumps-4-kb",
  "refuse-upgrades+lumps-16-kb",
  "refuse-upgrades+compress",
  "cut-after",
  "cut-idle",
  "http-1.0",
  "limit-addresses+strip-last-event-id",
  "bad-gateway",
];
/** Known to the browser. */
const TOLD = ["pass", "strip-upgrades", "mute-upgrades", "refuse-connect+hold-bodies", "authenticate"];

// To film all these pages would cost more than all they do.
test.use({ trace: "off" });

let script = "";
let video = "";

test.beforeAll(async () => {
  script = await clientScript();
  video = test.info().outputPath("long.webm");
  const maker = fileURLToPath(new URL("long_video.py", import.meta.url));
  execFileSync(join(ROOT, ".venv/bin/python"), [maker, video, String(REPEATS)], { cwd: ROOT });
});

/** A proxy for each list of habits, all of them for as long as `use` takes. */
async function hostileProxies(
  target: string,
  habits: readonly string[],
  use: (proxies: readonly HostileProxy[]) => Promise<void>,
): Promise<void> {
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const running: Promise<void>[] = [];
  const started = habits.map(
    (habit) =>
      new Promise<HostileProxy>((resolve, reject) => {
        const proxy = hostileProxy(target, habit.split("+"), async (one) => {
          resolve(one);
          await finished;
        });
        running.push(proxy.catch(reject));
      }),
  );
  try {
    await use(await Promise.all(started));
  } finally {
    finish();
    await Promise.all(running);
  }
}

async function nowAt(request: APIRequestContext, address: string): Promise<string> {
  const answer = (await (await request.get(`${address}/v1/realtime?transport=poll`)).json()) as { cursor: string };
  return answer.cursor;
}

/** The places of all that a job said. */
async function logOf(request: APIRequestContext, address: string, jobId: string): Promise<string[]> {
  const answer = await request.get(`${address}/v1/jobs/${jobId}/events`, { headers: { Accept: "application/x-ndjson" } });
  const lines = (await answer.text()).split("\n").filter(Boolean);
  return lines.map((line) => (JSON.parse(line) as { id: string }).id);
}

/** A line of the table: nothing in it is checked but what `check` checks. */
function told(name: string, { ids, ages, firstMs, found, losses, connection }: Heard, log: readonly string[]): string {
  const sorted = ages.toSorted((one, other) => one - other);
  const age = (part: number) => `${sorted[Math.floor(part * (sorted.length - 1))]} ms`;
  const lost = log.filter((id) => !ids.includes(id)).length;
  const way = found.map(({ transport, ms }) => `${transport} after ${Math.round(ms)} ms`).join(", ");
  return [
    name,
    `${way}${connection.fallback === null ? "" : ` (${connection.fallback})`}`,
    `lost ${lost}`,
    `doubled ${ids.length - new Set(ids).size}`,
    `first after ${Math.round(firstMs ?? Number.NaN)} ms`,
    `age p50 ${age(0.5)}, p95 ${age(0.95)}, worst ${age(1)}`,
    `reconnected ${losses} times`,
  ].join(" | ");
}

async function ends({ page, heard }: Watching): Promise<Heard> {
  await expect.poll(() => page.evaluate(() => window.heard().ended), PATIENCE).toBe(true);
  return heard();
}

/** Requests for the stream that have ended at the proxy. */
async function streamed(proxy: HostileProxy): Promise<number> {
  return (await proxy.log()).filter(({ path }) => path.includes("/v1/realtime")).length;
}

test("behind each of them everything comes once and in order", async ({ browser, page, address, request }) => {
  test.setTimeout(240_000);
  const modes = [...BEFORE_THE_SERVER, ...TOLD];
  await hostileProxies(address, modes, async (proxies) => {
    const path = `/v1/realtime?since=${await nowAt(request, address)}`;
    const contexts: BrowserContext[] = [];
    const open = async (proxy: HostileProxy, place: number): Promise<Watching> => {
      const isTold = place >= BEFORE_THE_SERVER.length;
      // Each request of a browser with credentials goes through the test's own process: only where they are needed.
      const credentials = modes[place] === "authenticate" ? { username: "user", password: "secret" } : {};
      const context = await (isTold ? throughProxy(browser, proxy.address, credentials) : browser.newContext());
      contexts.push(context);
      const watcher = await watching(context, script, isTold ? address : proxy.address, path);
      await expect.poll(async () => (await watcher.heard()).found, PATIENCE).not.toEqual([]);
      return watcher;
    };
    const watchers: Watching[] = [];
    // A machine that opens all of them at once is slower than any proxy.
    for (let place = 0; place < proxies.length; place += AT_ONCE) {
      const some = proxies.slice(place, place + AT_ONCE).map((proxy, index) => open(proxy, place + index));
      watchers.push(...(await Promise.all(some)));
    }

    const jobId = await submit(page, { plugin: "sleepy", options: '{"ms": 8}' }, { file: video, root: address });
    const heard = await Promise.all(watchers.map(ends));

    const log = await logOf(request, address, jobId);
    await Promise.all(contexts.map((context) => context.close()));
    expect(log.length).toBeGreaterThanOrEqual(2_000);
    for (const [place, mode] of modes.entries()) {
      const one = heard[place];
      const proxy = proxies[place];
      if (one === undefined || proxy === undefined) throw new Error("One is missing.");
      const name = `${mode}${place < BEFORE_THE_SERVER.length ? "" : " (told)"}`;
      console.log(told(name, one, log));
      expect.soft(one.ids, name).toEqual(log);
      await expect.poll(() => streamed(proxy), { message: `${name}: requests that the proxy saw` }).toBeGreaterThan(0);
    }
  });
});

test("who comes while a job runs sees it at once, whatever the way is", async ({ browser, page, address, request }) => {
  test.setTimeout(180_000);
  const modes = ["refuse-upgrades+hold-bodies", "mute-upgrades+hold-bodies", "mute-upgrades"];
  await hostileProxies(address, modes, async (proxies) => {
    const since = await nowAt(request, address);
    const jobId = await submit(page, { plugin: "sleepy", options: '{"ms": 60}' }, { root: address });
    const path = `/v1/realtime?job_id=${jobId}&since=${since}`;
    const context = await browser.newContext();
    const heard: Heard[] = [];
    const watchers: Watching[] = [];
    for (const proxy of proxies) watchers.push(await watching(context, script, proxy.address, path));

    for (const watcher of watchers) heard.push(await ends(watcher));

    const log = await logOf(request, address, jobId);
    for (const [place, one] of heard.entries()) {
      console.log(told(`${modes[place]}, while it runs`, one, log));
      expect(one.ids).toEqual(log);
    }
    await context.close();
  });
});

test("seven tabs behind one without WebSockets: each has everything, over one stream", async ({ browser, page, address, request }) => {
  test.setTimeout(180_000);
  await hostileProxy(address, ["strip-upgrades"], async (proxy) => {
    const since = await nowAt(request, address);
    const jobId = await submit(page, { plugin: "sleepy", options: '{"ms": 20}' }, { root: address });
    const context = await browser.newContext();
    const tabs: Watching[] = [];
    for (let tab = 0; tab < 7; tab += 1) {
      tabs.push(await watching(context, script, proxy.address, `/v1/realtime?job_id=${jobId}&since=${since}`));
    }

    const heard = await Promise.all(tabs.map(ends));

    const log = await logOf(request, address, jobId);
    for (const { ids } of heard) expect(ids).toEqual(log);
    expect(heard.filter(({ connection }) => !connection.shared)).toHaveLength(1);
    await context.close();
    const streams = async () => (await proxy.log()).filter(({ path }) => path.includes("transport=sse")).length;
    await expect.poll(streams).toBe(1);
  });
});

async function showsTheJob(page: Page, address: string, words: RegExp): Promise<void> {
  const job = new WatchedJob(page);
  const { jobId, release } = await submitHeld(page, 200, { root: address });
  await page.goto(`${address}/jobs/${jobId}`);
  await job.showsFrameWhileRunning();
  await expect(page.getByText(words)).toBeVisible();
  await release();
  await job.endsWithAllFrames(FRAMES);
}

test("the page behind one that holds everything back shows the job, and says how", async ({ page, address }) => {
  test.setTimeout(180_000);
  await hostileProxy(address, ["refuse-upgrades", "hold-bodies"], async (proxy) => {
    await showsTheJob(page, proxy.address, /long polling.*refuses WebSockets/);
  });
});

test("the page behind one whose upgrades stay mute shows the job, and says how", async ({ page, address }) => {
  test.setTimeout(180_000);
  await hostileProxy(address, ["mute-upgrades"], async (proxy) => {
    await showsTheJob(page, proxy.address, /server-sent events.*lets nothing through/);
  });
});
