import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, ROOT, test } from "./stack.ts";

interface Message {
  type: string;
  id?: string;
  job_id?: string;
  payload: { transport?: string; status?: string };
}

/** In the page: submit the sample, and take what a WebSocket says until its job has ended. */
async function watchOneJob(sample: string): Promise<{ jobId: string; messages: Message[]; frames: unknown[] }> {
  const messages: Message[] = [];
  const socket = new WebSocket(`${location.origin.replace("http", "ws")}/v1/realtime`);
  const until = (wanted: (message: Message) => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = () => {
        if (messages.some(wanted)) resolve();
      };
      look();
      socket.addEventListener("message", look);
      socket.addEventListener("close", (event) => {
        reject(new Error(`The WebSocket closed: ${event.code} ${event.reason}`));
      });
    });
  socket.onmessage = (event: MessageEvent<string>) => messages.push(JSON.parse(event.data) as Message);
  await until((message) => message.type === "hello");

  const form = new FormData();
  const bytes = Uint8Array.from(atob(sample), (character) => character.charCodeAt(0));
  form.append("file", new Blob([bytes], { type: "video/webm" }), "harbour.webm");
  form.append("plugin", "motion");
  const answer = await fetch("/v1/jobs", { method: "POST", body: form });
  if (answer.status !== 202) throw new Error(`POST /v1/jobs: ${answer.status} ${await answer.text()}`);
  const { job_id: jobId } = (await answer.json()) as { job_id: string };

  const terminal = ["done", "error", "cancelled"];
  await until(
    ({ type, job_id, payload }) => type === "job_status" && job_id === jobId && terminal.includes(payload.status ?? ""),
  );
  socket.close();
  const job = await fetch(`/v1/jobs/${jobId}`);
  return { jobId, messages, frames: ((await job.json()) as { frames: unknown[] }).frames };
}

test("a page sees a job from its submit to its end over a WebSocket", async ({ page }) => {
  const sample = await readFile(join(ROOT, "plugins/samples/harbour.webm"), "base64");
  await page.goto("/docs");

  const { jobId, messages, frames } = await page.evaluate(watchOneJob, sample);

  expect(messages[0]).toMatchObject({ type: "hello", payload: { transport: "websocket" } });
  const ofJob = messages.filter((message) => message.job_id === jobId && message.id !== undefined);
  const statuses = ofJob.filter(({ type }) => type === "job_status").map(({ payload }) => payload.status);
  expect(statuses).toEqual(["queued", "running", "done"]);
  expect(ofJob.at(-1)?.type).toBe("job_status");

  const places = ofJob.map(({ id }) => Number(id?.split("-").at(-1)));
  expect(places).toEqual([...new Set(places)].sort((one, other) => one - other));

  expect(frames.length).toBeGreaterThan(0);
  expect(ofJob.filter(({ type }) => type === "frame")).toHaveLength(frames.length);
});
