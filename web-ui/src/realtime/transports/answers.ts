/** Answers that end, for where nothing else gets through: polls, and how far the log goes. */
import { BROKEN, type Method, refusal, request } from "./request.ts";
import type { StreamEnd } from "./transport.ts";

/** A longer address goes into a body at once. */
const MAX_ADDRESS = 4_000;
/** How much longer than it was asked to wait an answer may take. */
const SLACK_MS = 10_000;

/** There is no such answer; `end` says why, as the end of a stream would. */
export class NoAnswer extends Error {
  readonly end: StreamEnd;

  constructor(end: StreamEnd) {
    super(end.reason || "there was no answer");
    this.end = end;
  }
}

export interface PollAnswer {
  /** Where to ask on. */
  cursor: string;
  /** Messages that have not been checked. */
  messages: readonly unknown[];
}

/** One poll; `url` is of `transport=poll`, with its `wait`. Rejects with `NoAnswer`. */
export async function poll(url: URL, signal: AbortSignal): Promise<PollAnswer> {
  const { cursor, messages } = await answer(url, signal);
  if (typeof cursor !== "string" || !Array.isArray(messages)) throw new NoAnswer(BROKEN);
  return { cursor, messages };
}

/** The place of the last message that the query of this `…/tail` address matches. Rejects with `NoAnswer`. */
export async function tailOf(url: URL, signal: AbortSignal): Promise<{ tail: number; epoch: string | null }> {
  const { tail, epoch } = await answer(url, signal);
  if (typeof tail !== "number") throw new NoAnswer(BROKEN);
  return { tail, epoch: typeof epoch === "string" ? epoch : null };
}

/** By `GET`; where what answers is not the server itself, by `POST` once more. */
async function answer(url: URL, signal: AbortSignal): Promise<Record<string, unknown>> {
  const limit = Number(url.searchParams.get("wait") ?? 0) * 1_000 + SLACK_MS;
  const within = AbortSignal.any([signal, AbortSignal.timeout(limit)]);
  const methods: readonly Method[] = url.href.length > MAX_ADDRESS ? ["POST"] : ["GET", "POST"];
  let end = BROKEN;
  for (const method of methods) {
    const response = await request(url, method, "application/json", within).catch(() => null);
    if (response === null) break;
    const type = response.headers.get("Content-Type") ?? "";
    if (response.ok && type.startsWith("application/json")) {
      const body: unknown = await response.json().catch(() => null);
      if (typeof body === "object" && body !== null) return body as Record<string, unknown>;
      break;
    }
    end = await refusal(response).catch(() => BROKEN);
    // It waited too long for a proxy: asked in another way, it would again.
    if (end.code !== null || response.status === 504) break;
  }
  throw new NoAnswer(end);
}
