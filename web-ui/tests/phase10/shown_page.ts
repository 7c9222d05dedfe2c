/** A real page of the product over a spec's own server. One stage a file: a page knows its server from its start. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createElement, type ReactElement } from "react";
import { expect } from "vitest";
import { render } from "vitest-browser-react";
import { Router } from "wouter";
import { memoryLocation } from "wouter/memory-location";

import type { JobDetails, JobSummary } from "../../src/api/jobs.ts";
import { newStage, type Stage } from "./stage.ts";
import { JOB } from "./wire_messages.ts";

/** A job that runs, as lists show it. */
const SUMMARY: JobSummary = {
  job_id: JOB,
  status: "running",
  plugin: "motion",
  tools: ["detect"],
  input_name: "harbour.webm",
  input_type: "video/webm",
  input_bytes: 171_000,
  device_requested: "cpu",
  device_used: "cpu",
  fallback: false,
  priority: "normal",
  batch_id: null,
  retry_of: null,
  progress: 0,
  stage: null,
  attempt: 1,
  warnings_count: 0,
  error: null,
  created_at: "2026-03-14T09:00:00.000Z",
  started_at: "2026-03-14T09:00:00.100Z",
  finished_at: null,
};

const DETAILS: JobDetails = {
  ...SUMMARY,
  fallback_reason: null,
  plugin_timings: null,
  tool_timings: null,
  warnings: null,
  cursor: "e-0",
  links: null,
  playback: null,
};

/** A server that knows one running job. */
async function stageOfOneJob(): Promise<Stage> {
  const stage = newStage();
  const job = `/v1/jobs/${JOB}`;
  await stage.script({
    routes: {
      "/v1/jobs": { body: { jobs: [SUMMARY], count: 1, next_after: null } },
      "/v1/plugins": { body: { plugins: [], count: 0 } },
      [`${job}/extended`]: { body: { ...DETAILS, frames: [] } },
      [`${job}/frames`]: { body: { frames: [], next_after: null } },
      [`${job}/previews`]: { body: { previews: [] } },
      [`${job}/events`]: { body: { messages: [], cursor: "e-0", next_after: null } },
    },
  });
  const meta = document.createElement("meta");
  meta.name = "transom-root";
  meta.content = stage.root;
  document.head.append(meta);
  return stage;
}

async function shown(page: ReactElement, path: string) {
  const { hook } = memoryLocation({ path });
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const routed = createElement(Router, { hook, children: page });
  return render(createElement(QueryClientProvider, { client: queries }, routed));
}

/** The stage, and the two pages that follow its job. */
export async function pagesOfOneJob() {
  const stage = await stageOfOneJob();
  return {
    stage,
    /** Resolves once the page hears what the server says. */
    listening: async () => {
      await expect.poll(async () => (await stage.seen()).connections.some(({ open }) => open)).toBe(true);
    },
    showJob: async () => {
      const { JobPage } = await import("../../src/pages/JobPage.tsx");
      return shown(createElement(JobPage, { jobId: JOB }), `/jobs/${JOB}`);
    },
    showJobs: async () => {
      const { JobsPage } = await import("../../src/pages/JobsPage.tsx");
      return shown(createElement(JobsPage), "/jobs");
    },
  };
}
