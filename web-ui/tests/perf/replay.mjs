/**
 * What a long job costs the page: `npm run bench:replay`.
 *
 * The built overlay watches a recorded job over a real WebSocket: 60 messages a second for 30 seconds, in which it may
 * block for 100 ms in all; then the rest as fast as it takes it, at whose end its heap may be 1.2 times what it was
 * after 2,000 frames.
 */
import react from "@vitejs/plugin-react";
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { exit, stdout } from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright";
import { build } from "vite";

import { CHROMIUM_ARGS, findChromium } from "../e2e/chromium.mjs";
import { FRAMES, recordedStream } from "./recorded_stream.mjs";
import { startReplayServer } from "./replay_server.mjs";

const MESSAGES_A_SECOND = 60;
const SECONDS = 30;
const WARM_FRAMES = 2_000;
/** The rest of the stream comes in pieces of so many, each when the one before has been shown. */
const PIECE = 50;
/** How long the page is kept busy to see whether that is noticed. */
const BUSY_MS = 200;
const MAX_BLOCKING_MS = 100;
const MAX_GROWTH = 1.2;

const executablePath = findChromium();
if (executablePath === undefined) {
  stdout.write("No Chromium was found; install one, or set CHROMIUM to its path.\n");
  exit(1);
}
const folder = await mkdtemp(join(tmpdir(), "transom-replay-"));
await build({
  configFile: false,
  root: fileURLToPath(new URL("page", import.meta.url)),
  plugins: [react()],
  build: { outDir: folder, emptyOutDir: true, chunkSizeWarningLimit: 2_000 },
  logLevel: "warn",
});
const server = await startReplayServer(folder);
const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS });
const stream = recordedStream();
let frames = 0;
let last = "";

/** One more message of the stream; false at its end. */
function sayNext() {
  const next = stream.next();
  if (next.done === true) return false;
  if (next.value.type === "frame") frames += 1;
  last = next.value.id;
  server.say(next.value.text);
  return true;
}

try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  /** @type {string[]} */
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(server.address);
  await page.waitForFunction(() => window.replay.state().isConnected);
  const devtools = await page.context().newCDPSession(page);

  const shown = async () => {
    await page.waitForFunction((id) => window.replay.state().cursor === id, last);
  };
  const blockingTime = async () => {
    const times = await page.evaluate(() => window.replay.takeBlockingTimes());
    return times.reduce((sum, ms) => sum + ms, 0);
  };
  const heapBytes = async () => {
    await shown();
    await devtools.send("HeapProfiler.collectGarbage");
    return (await devtools.send("Runtime.getHeapUsage")).usedSize;
  };
  /** @param {number} until frames */
  const hurry = async (until) => {
    while (frames < until) {
      for (let place = 0; place < PIECE && frames < until; place += 1) sayNext();
      await shown();
    }
  };

  // A page that is kept busy has to be seen as one; and what mounting costs is another matter.
  sayNext();
  await shown();
  await page.evaluate(
    (ms) =>
      new Promise((resolve) => {
        setTimeout(() => {
          const end = performance.now() + ms;
          while (performance.now() < end);
          setTimeout(resolve, ms);
        }, 0);
      }),
    BUSY_MS,
  );
  if ((await blockingTime()) < BUSY_MS - 50) throw new Error("Chromium does not say when the page is blocked.");
  const begin = Date.now();
  for (let count = 0; count < MESSAGES_A_SECOND * SECONDS; count += 1) {
    const due = begin + (count * 1_000) / MESSAGES_A_SECOND;
    if (due > Date.now()) await wait(due - Date.now());
    sayNext();
  }
  await shown();
  const blocking = await blockingTime();

  await hurry(WARM_FRAMES);
  const warm = await heapBytes();
  await hurry(FRAMES);
  while (sayNext());
  const end = await heapBytes();
  const hurried = await blockingTime();
  const { warningsCount } = await page.evaluate(() => ({ warningsCount: window.replay.state().warningsCount }));

  const megabytes = (/** @type {number} */ bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  stdout.write(
    [
      `load average              ${loadavg().map((load) => load.toFixed(1)).join(" ")}`,
      `frames, warnings shown    ${frames}, ${warningsCount}`,
      `blocking time, 60/s       ${blocking.toFixed(0)} ms in ${SECONDS} s (at most ${MAX_BLOCKING_MS})`,
      `blocking time, the rest   ${hurried.toFixed(0)} ms`,
      `heap after ${WARM_FRAMES} frames    ${megabytes(warm)}`,
      `heap at the end           ${megabytes(end)}: ${(end / warm).toFixed(2)} times (at most ${MAX_GROWTH})`,
      ...complaints.map((complaint) => `the page says: ${complaint}`),
      "",
    ].join("\n"),
  );
  const isWithin = blocking < MAX_BLOCKING_MS && end <= MAX_GROWTH * warm && complaints.length === 0;
  process.exitCode = isWithin ? 0 : 1;
} finally {
  await browser.close();
  server.close();
  await rm(folder, { recursive: true });
}
