/**
 * What the log has of a job up to a snapshot, as much as a page needs to show it as if it had watched from the start.
 *
 * A job's whole log may be tens of thousands of frames, and the state keeps only the newest. So two reads are put
 * together: everything of the last thousand places, and of what lies before only the messages that are few and stay
 * true (statuses, metadata, warnings, errors). Both are bounded, so a reload costs the same whatever the job's length;
 * older frames are read from `/v1/jobs/{id}/frames` when someone asks for them.
 */
import { formatCursor, parseCursor } from "./cursor.ts";
import { checkMessage, type RealtimeMessage } from "./messages.ts";
import type { JobSnapshot } from "./state.ts";

/** Places of the log, before the job's end or before now, of which everything is read. */
const RECENT = 1_000;
/** Answers with older messages that are read at most, of 200 messages each. */
const MAX_PAGES = 10;
/** The types of which there are few. */
const SPARSE = ["job_status", "plugin_status", "metadata", "partial_result", "warning", "error"];

export type ReadHistory = (snapshot: JobSnapshot, signal: AbortSignal) => Promise<readonly RealtimeMessage[]>;

/** Reads from the server below this path. What can't be read is left out: the snapshot is right without it. */
export function historyBelow(root: string): ReadHistory {
  return async (snapshot, signal) => {
    const end = parseCursor(snapshot.cursor);
    if (end === null) return [];
    const sparse = await readSparse(root, snapshot.jobId, end.seq, signal);
    // Other jobs may have filled the log since this one ended.
    const last = isTerminal(sparse.at(-1)) ? seqOf(sparse.at(-1)) : end.seq;
    const from = Math.max(0, last - RECENT);
    const recent = await readRecent(root, snapshot.jobId, formatCursor({ ...end, seq: from }), signal);
    return [...sparse.filter((message) => seqOf(message) <= from), ...recent];
  };
}

async function readSparse(root: string, jobId: string, end: number, signal: AbortSignal): Promise<RealtimeMessage[]> {
  const found: RealtimeMessage[] = [];
  let since = "start";
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = new URLSearchParams({ transport: "poll", job_id: jobId, types: SPARSE.join(","), since });
    const { messages, cursor } = await readPage(`${root}/v1/realtime?${query}`, signal);
    found.push(...messages);
    if (messages.length === 0 || cursor === null || (parseCursor(cursor)?.seq ?? end) >= end) break;
    since = cursor;
  }
  return found;
}

async function readRecent(root: string, jobId: string, after: string, signal: AbortSignal): Promise<RealtimeMessage[]> {
  const query = new URLSearchParams({ after, limit: String(RECENT) });
  const { messages } = await readPage(`${root}/v1/jobs/${encodeURIComponent(jobId)}/events?${query}`, signal);
  return messages;
}

async function readPage(url: string, signal: AbortSignal): Promise<{ messages: RealtimeMessage[]; cursor: string | null }> {
  const response = await fetch(url, { headers: { Accept: "application/json" }, cache: "no-store", signal });
  const body: unknown = response.ok ? await response.json() : null;
  if (typeof body !== "object" || body === null) throw new Error(`The log could not be read: ${response.status}`);
  const { messages, cursor } = body as { messages?: unknown; cursor?: unknown };
  return {
    messages: (Array.isArray(messages) ? messages : []).flatMap((entry: unknown) => {
      const parsed = checkMessage(entry);
      return parsed.kind === "message" ? [parsed.message] : [];
    }),
    cursor: typeof cursor === "string" ? cursor : null,
  };
}

function seqOf(message: RealtimeMessage | undefined): number {
  return parseCursor(message?.id ?? "")?.seq ?? 0;
}

function isTerminal(message: RealtimeMessage | undefined): boolean {
  return message?.type === "job_status" && ["done", "error", "cancelled"].includes(message.payload.status);
}
