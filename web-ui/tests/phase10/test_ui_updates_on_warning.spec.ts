/** The pages show a warning when it is said. */
import { expect, test } from "vitest";

import { pagesOfOneJob } from "./shown_page.ts";
import { warning } from "./wire_messages.ts";

const { stage, listening, showJob, showJobs } = await pagesOfOneJob();

test("the job's page counts a warning, lists it, and has it read aloud", async () => {
  const job = await showJob();
  await expect.element(job.getByRole("tab", { name: /Warnings \(0\)/ })).toBeVisible();
  await listening();

  await stage.say(warning(1, "frame 12 is damaged", undefined, { severity: "high", code: "FRAME_SKIPPED" }));

  await expect.element(job.getByRole("tab", { name: /Warnings \(1\)/ })).toBeVisible();
  await job.getByRole("tab", { name: /Warnings/ }).click();
  await expect.element(job.getByRole("tabpanel")).toHaveTextContent("frame 12 is damaged");
  await expect.element(job.getByRole("log", { name: "News of the job" })).toHaveTextContent(
    "Warning from motion: frame 12 is damaged",
  );
  await job.unmount();
});

test("the list counts it in the job's row", async () => {
  const jobs = await showJobs();
  const row = jobs.getByRole("row", { name: /harbour\.webm/ });
  await expect.element(row).toHaveTextContent("0 %");
  await expect.element(jobs.getByText("Live", { exact: true })).toBeVisible();

  await stage.say(warning(2, "frame 13 is damaged"), warning(3, "frame 14 is damaged"));

  await expect.element(row).toHaveTextContent("2 warnings");
});
