/** The pages follow a job's progress while it happens. */
import { expect, test } from "vitest";

import { pagesOfOneJob } from "./shown_page.ts";
import { progress, status } from "./wire_messages.ts";

const { stage, listening, showJob, showJobs } = await pagesOfOneJob();

test("the job's page and its row in the list move with each step, and stay at the end", async () => {
  const job = await showJob();
  await expect.element(job.getByRole("heading", { name: "harbour.webm" })).toBeVisible();
  await listening();

  await stage.say(progress(1, 40, undefined, { stage: "frames", frames_done: 100, frames_total: 250 }));

  const bar = job.container.querySelector("#progress-bar");
  await expect.poll(() => bar?.getAttribute("aria-valuenow")).toBe("40");
  // Whoever looks at another tab sees it in this one's title.
  await expect.poll(() => document.title).toBe("40 % harbour.webm – Transom");

  await stage.say(progress(2, 100), status(3, "done", undefined, { progress: 100 }), progress(4, 50));
  await expect.poll(() => document.title).toBe("Done: harbour.webm – Transom");
  await expect.element(job.getByRole("banner").getByText("Done").or(job.getByText("Done").first())).toBeVisible();
  await expect.poll(() => bar?.getAttribute("aria-valuenow")).toBe("100");
  await job.unmount();
});

test("a row of the list moves by itself, and an ended one never moves back", async () => {
  const jobs = await showJobs();
  const row = jobs.getByRole("row", { name: /harbour\.webm/ });
  await expect.element(row).toHaveTextContent("0 %");
  await expect.element(jobs.getByText("Live", { exact: true })).toBeVisible();

  await stage.say(progress(5, 73));
  await expect.element(row).toHaveTextContent("73 %");

  await stage.say(status(6, "cancelled", undefined, { progress: 73 }), progress(7, 90));
  await expect.element(row).toHaveTextContent("Cancelled");
  await expect.element(row).toHaveTextContent("73 %");
});
