/** Large files past proxies that cap bodies, refuse methods and cut connections. */
import type { Page } from "@playwright/test";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type HostileProxy, hostileProxy } from "./hostile.ts";
import { expect, test } from "./stack.ts";

const SIDE = 2_800;

/** A picture of noise, uncompressed: about 24 MB that nothing makes smaller. */
function noise(): Buffer {
  const header = Buffer.alloc(54);
  const size = SIDE * SIDE * 3;
  header.write("BM");
  header.writeUInt32LE(54 + size, 2);
  header.writeUInt32LE(54, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(SIDE, 18);
  header.writeInt32LE(SIDE, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(24, 28);
  header.writeUInt32LE(size, 34);
  return Buffer.concat([header, randomBytes(size)]);
}

function digest(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

let folder = "";
let file = "";
let content: Buffer = Buffer.alloc(0);

test.beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "transom-uploads-"));
  file = join(folder, "noise.bmp");
  content = noise();
  await writeFile(file, content);
});

test.afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function choose(page: Page, address: string): Promise<void> {
  await page.goto(`${address}/`);
  await page.getByRole("radio", { name: "Sleepy" }).check();
  await page.locator("input[type=file]").setInputFiles(file);
}

/** Makes the way up so slow that something can happen before the end. */
async function slowDown(page: Page, bytesPerSecond: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond,
  });
}

async function reaches(page: Page, percent: number): Promise<void> {
  const bar = page.getByRole("progressbar");
  const reached = async () => Number(await bar.getAttribute("aria-valuenow"));
  // Looked at often: what a test does then is to come before the end.
  await expect.poll(reached, { timeout: 60_000, intervals: [100] }).toBeGreaterThan(percent);
}

/** The job's page opens, and the server has the very file. */
async function arrives(page: Page): Promise<void> {
  await expect(page).toHaveURL(/\/jobs\/[0-9a-f-]{36}$/, { timeout: 60_000 });
  const jobId = page.url().split("/").at(-1) ?? "";
  const answer = await page.request.get(new URL(`/v1/jobs/${jobId}/input`, page.url()).href);
  expect(digest(await answer.body())).toBe(digest(content));
}

/** Bytes that pieces brought to the proxy. */
async function bytesOfPieces(proxy: HostileProxy): Promise<number> {
  const pieces = (await proxy.log()).filter(({ path, status }) => path.startsWith("/v1/uploads/") && status !== 413);
  return pieces.reduce((sum, { bytes_in }) => sum + bytes_in, 0);
}

test("a large file passes a proxy that caps bodies, refuses PATCH and hangs up", async ({ page, address }) => {
  test.setTimeout(180_000);
  await hostileProxy(address, ["limit-bodies", "refuse-methods"], async (proxy) => {
    await choose(page, proxy.address);
    await slowDown(page, 6_000_000);
    await page.getByRole("button", { name: "Run it" }).click();
    await expect(page.getByText("choose the same file once more: it goes on where it stopped")).toBeVisible();
    for (const percent of [20, 50, 80]) {
      await reaches(page, percent);
      proxy.cut();
    }

    await arrives(page);

    const log = await proxy.log();
    expect(log.map(({ status }) => status)).toEqual(expect.arrayContaining([204, 405, 413]));
    expect(log.some(({ done }) => done.includes("hung_up"))).toBe(true);
    expect(await bytesOfPieces(proxy)).toBeGreaterThan(content.length);
  });
});

test("after a reload the same file goes on where it stopped", async ({ page, address }) => {
  test.setTimeout(180_000);
  await hostileProxy(address, ["limit-bodies"], async (proxy) => {
    await choose(page, proxy.address);
    await slowDown(page, 6_000_000);
    await page.getByRole("button", { name: "Run it" }).click();
    await reaches(page, 60);

    await page.reload();
    await page.getByRole("radio", { name: "Sleepy" }).check();
    await page.locator("input[type=file]").setInputFiles(file);
    await page.getByRole("button", { name: "Run it" }).click();

    await expect(page.getByText(/It goes on where it stopped: .* MB were there/)).toBeVisible();
    await arrives(page);
    expect(await bytesOfPieces(proxy)).toBeLessThan(1.4 * content.length);
  });
});

test("the web server dies in the middle of an upload, and it goes on", async ({ page, address, stack }) => {
  test.setTimeout(180_000);
  await choose(page, address);
  await slowDown(page, 6_000_000);
  await page.getByRole("button", { name: "Run it" }).click();
  await reaches(page, 40);

  await stack.crashWebServer();

  await arrives(page);
});

test("a file is smaller than what goes in pieces, and larger than the proxy takes", async ({ page, address }) => {
  content = content.subarray(0, 3_000_000);
  await writeFile(file, content);
  await hostileProxy(address, ["limit-bodies"], async (proxy) => {
    await choose(page, proxy.address);
    await page.getByRole("button", { name: "Run it" }).click();

    await arrives(page);
  });
});

test("an upload in pieces is cancelled, and nothing of it stays", async ({ page, address }) => {
  await choose(page, address);
  await slowDown(page, 2_000_000);
  const begun = page.waitForResponse((answer) => answer.url().endsWith("/v1/uploads"));
  const deleted = page.waitForResponse((answer) => answer.request().headers()["x-http-method-override"] === "DELETE");
  await page.getByRole("button", { name: "Run it" }).click();
  const { upload_id: uploadId } = (await (await begun).json()) as { upload_id: string };
  await reaches(page, 5);

  await page.getByRole("button", { name: "Cancel the upload" }).click();
  await deleted;

  await expect(page.getByRole("button", { name: "Run it" })).toBeVisible();
  const answer = await page.request.get(`${address}/v1/uploads/${uploadId}`);
  expect(answer.status()).toBe(404);
});
