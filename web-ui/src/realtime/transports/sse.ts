/** Server-Sent Events over `fetch`: one long answer, read as it comes. Nothing goes in the other direction. */
import { createParser } from "eventsource-parser";

import { MAX_TEXT_LENGTH } from "../messages.ts";
import type { StreamEnd, StreamEvents, Transport } from "./transport.ts";

/** Answers that coming back would only repeat: the server's own refusals. */
const FINAL_STATUSES: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 410, 414, 422]);

export const sseTransport: Transport = {
  name: "sse",
  open(url, events) {
    const address = new URL(url);
    address.searchParams.set("transport", "sse");
    const ending = new AbortController();
    void follow(address, events, ending.signal);
    return { send: () => false, close: () => ending.abort() };
  },
};

async function follow(address: URL, events: StreamEvents, signal: AbortSignal): Promise<void> {
  let end: StreamEnd = { code: null, reason: "", final: false };
  try {
    const response = await fetch(address, { headers: { Accept: "text/event-stream" }, cache: "no-store", signal });
    if (isStream(response)) await read(response.body, events);
    else end = await refusal(response);
  } catch {
    // Cut, refused or never reached: it is the same to whoever comes back.
  }
  if (!signal.aborted) events.onEnd(end);
}

function isStream(response: Response): response is Response & { body: ReadableStream<Uint8Array> } {
  const type = response.headers.get("Content-Type") ?? "";
  return response.ok && response.body !== null && type.startsWith("text/event-stream");
}

async function read(body: ReadableStream<Uint8Array>, events: StreamEvents): Promise<void> {
  const parser = createParser({
    maxBufferSize: 2 * MAX_TEXT_LENGTH,
    onEvent: ({ data }) => events.onText(data),
    onComment: () => events.onAlive(),
    onError: (error) => {
      // A line that is no field is passed over, as the standard says; a stream that is all one line is not read on.
      if (error.type === "max-buffer-size-exceeded") throw error;
    },
  });
  const decoder = new TextDecoder();
  for await (const chunk of chunks(body)) {
    events.onAlive();
    parser.feed(decoder.decode(chunk, { stream: true }));
  }
}

/** Not every browser lets one iterate over a stream. */
async function* chunks(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}

/** Why there is no stream: a problem document's `detail` where that is what came. */
async function refusal(response: Response): Promise<StreamEnd> {
  const isProblem = (response.headers.get("Content-Type") ?? "").startsWith("application/problem+json");
  const problem: unknown = isProblem ? await response.json() : null;
  const detail = typeof problem === "object" && problem !== null ? (Reflect.get(problem, "detail") as unknown) : null;
  return {
    code: response.status,
    reason: typeof detail === "string" ? detail : response.statusText,
    // What a proxy answers in its own words may be over in a moment.
    final: isProblem && FINAL_STATUSES.has(response.status),
  };
}
