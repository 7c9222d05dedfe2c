/** An event stream over `fetch`: one long answer, read as it comes. Nothing goes in the other direction. */
import { createParser } from "eventsource-parser";

import { MAX_TEXT_LENGTH } from "../messages.ts";
import { BROKEN, type Method, refusal, request } from "./request.ts";
import type { Stream, StreamEnd, StreamEvents } from "./transport.ts";

/** A server that stops asks for a pause; one that only ends a long answer asks for less than this. */
const AT_ONCE_MS = 100;

export function openEventStream(url: URL, method: Method, events: StreamEvents): Stream {
  const ending = new AbortController();
  void follow(url, method, events, ending.signal);
  return { send: () => false, close: () => ending.abort() };
}

async function follow(url: URL, method: Method, events: StreamEvents, signal: AbortSignal): Promise<void> {
  let end = BROKEN;
  try {
    const response = await request(url, method, "text/event-stream", signal);
    end = isStream(response) ? await read(response.body, events) : await refusal(response);
  } catch {
    // Cut, refused or never reached: it is the same to whoever comes back.
  }
  if (!signal.aborted) events.onEnd(end);
}

function isStream(response: Response): response is Response & { body: ReadableStream<Uint8Array> } {
  const type = response.headers.get("Content-Type") ?? "";
  return response.ok && response.body !== null && type.startsWith("text/event-stream");
}

/** Hand over what comes; in the end, whether the server had said that it would be. */
async function read(body: ReadableStream<Uint8Array>, events: StreamEvents): Promise<StreamEnd> {
  const said = { planned: false };
  const parser = createParser({
    maxBufferSize: 2 * MAX_TEXT_LENGTH,
    onEvent: ({ data }) => events.onText(data),
    onComment: () => events.onAlive(),
    onRetry: (ms) => (said.planned = ms < AT_ONCE_MS),
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
  return said.planned ? { ...BROKEN, planned: true } : BROKEN;
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
