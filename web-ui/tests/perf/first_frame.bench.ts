/**
 * How late the first frame is on the screen: `npm run bench:first-frame`.
 *
 * The sample is dropped on the submit page of the real stack, directly and through proxies that let no WebSocket
 * through. Lateness runs from the frame message's own time, which the tool's process takes when the frame has been
 * processed, to the second animation frame after the page has painted its picture and boxes; all on one clock.
 */
import type { Page } from "@playwright/test";

import { installedProxy, isInstalled, nodeProxy } from "../e2e/proxies.ts";
import { expect, SAMPLE, test } from "../e2e/stack.ts";
import { WatchedJob } from "../e2e/watched_job.ts";

const ROUNDS = 5;
const MAX_LATENESS_MS = 1_000;

/** When a frame, and one with boxes, was first painted: milliseconds since 1970. */
interface Painted {
  first?: number;
  boxes?: number;
}

declare global {
  interface Window {
    painted: Painted;
  }
}

/** Have the page write down when it first paints a frame. */
async function watchPainting(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.painted = {};
    const note = (name: keyof Painted) => {
      if (name in window.painted) return;
      window.painted[name] = Number.NaN;
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          window.painted[name] = performance.timeOrigin + performance.now();
        }),
      );
    };
    new MutationObserver(() => {
      const name = document.querySelector(".frame-view[data-frame] canvas")?.getAttribute("aria-label") ?? "";
      if (!name.startsWith("Frame ")) return;
      note("first");
      if (/: \d+ /.test(name)) note("boxes");
    }).observe(document, { subtree: true, childList: true, attributes: true });
  });
}

interface Said {
  type: string;
  timestamp: string;
  payload: { data?: { boxes: unknown[] } };
}

/** Submit the sample with the plugin, and say how late the first frame was, and the first one with boxes. */
async function lateness(page: Page, address: string, plugin: string): Promise<[number, number]> {
  await page.goto(`${address}/`);
  await page.getByRole("radio", { name: plugin }).check();
  await page.locator("input[type=file]").setInputFiles(SAMPLE);
  await page.getByRole("button", { name: "Run it" }).click();
  const job = new WatchedJob(page);
  await job.endsWithAllFrames();
  const id = new URL(page.url()).pathname.split("/").pop() ?? "";
  const log = await (await page.request.get(`${address}/v1/jobs/${id}/events`, { headers: { Accept: "application/x-ndjson" } })).text();
  const frames = log
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Said)
    .filter(({ type }) => type === "frame");
  const processed = frames[0];
  const found = frames.find(({ payload }) => (payload.data?.boxes.length ?? 0) > 0);
  const { first, boxes } = await page.evaluate(() => window.painted);
  if (processed === undefined || found === undefined || first === undefined || boxes === undefined) {
    throw new Error("No frame was seen.");
  }
  return [first - Date.parse(processed.timestamp), boxes - Date.parse(found.timestamp)];
}

async function measured(page: Page, name: string, address: string): Promise<void> {
  await watchPainting(page);
  const worst: number[] = [];
  for (const plugin of ["Motion", "Sleepy"]) {
    const rounds: [number, number][] = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await lateness(page, address, plugin));
    const list = (place: 0 | 1) => rounds.map((round) => Math.round(round[place])).join(", ");
    console.log(`${name} · ${plugin}: first frame after ${list(0)} ms; first with boxes after ${list(1)} ms`);
    worst.push(...rounds.flat());
  }
  expect(Math.max(...worst)).toBeLessThan(MAX_LATENESS_MS);
  expect(Math.min(...worst)).toBeGreaterThan(0);
}

test("directly", async ({ page, address }) => {
  await measured(page, "directly", address);
});

test("a proxy refuses WebSockets", async ({ page, address }) => {
  await nodeProxy(address, { upgrades: false }, (proxy) => measured(page, "a proxy that refuses WebSockets", proxy));
});

for (const name of ["haproxy", "nginx"] as const) {
  test(`through ${name}`, async ({ page, address }) => {
    test.skip(!isInstalled(name), `${name} is not installed`);
    await installedProxy(name, address, (proxy) => measured(page, name, proxy));
  });
}
