/** Batches over HTTP, as tests need them. */
import { expect, type Locator, type Page } from "@playwright/test";
import { crc32, deflateSync } from "node:zlib";

export interface SentFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** Submit files as a batch; its id. */
export async function submitBatch(page: Page, files: readonly SentFile[], fields: Readonly<Record<string, string>>): Promise<string> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const { name, mimeType, buffer } of files) form.append("file", new Blob([new Uint8Array(buffer)], { type: mimeType }), name);
  const answer = await page.request.post("/v1/batches", { multipart: form });
  expect(answer.status(), await answer.text()).toBe(202);
  return ((await answer.json()) as { batch_id: string }).batch_id;
}

/** Waits until every item of it has ended. */
export async function batchEnded(page: Page, batchId: string): Promise<void> {
  const finished = async () => ((await (await page.request.get(`/v1/batches/${batchId}`)).json()) as { finished_at: string | null }).finished_at;
  await expect.poll(finished, { timeout: 60_000 }).not.toBeNull();
}

export type Colour = readonly [red: number, green: number, blue: number];

/** A PNG of one colour; of 640 by 480, so that a small picture of it is another file. */
export function picture(name: string, colour: Colour, { width = 640, height = 480 } = {}): SentFile {
  const chunk = (type: string, content: Buffer) => {
    const named = Buffer.concat([Buffer.from(type, "latin1"), content]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(content.length);
    check.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, check]);
  };
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const line = Buffer.concat([Buffer.from([0]), Buffer.alloc(3 * width, Buffer.from(colour))]);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: height }, () => line)));
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  const buffer = Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))]);
  return { name, mimeType: "image/png", buffer };
}

/** What is painted of an image; null while there is nothing. Its colour is that of its middle. */
export async function painted(image: Locator): Promise<{ width: number; height: number; colour: Colour } | null> {
  if ((await image.count()) !== 1) return null;
  return image.evaluate((element) => {
    const { naturalWidth: width, naturalHeight: height, complete } = element as HTMLImageElement;
    const context = document.createElement("canvas").getContext("2d");
    if (!complete || width === 0 || context === null) return null;
    context.drawImage(element as HTMLImageElement, -width / 2, -height / 2);
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
    return { width, height, colour: [red, green, blue] as const };
  });
}

/** Whether two colours are the same but for what a JPEG makes of them. */
export function isNear(one: Colour, other: Colour): boolean {
  return one.every((value, place) => Math.abs(value - (other[place] ?? Number.NaN)) < 12);
}
