/** Batches over HTTP, as tests need them. */
import { expect, type Page } from "@playwright/test";

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
