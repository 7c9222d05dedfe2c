/**
 * Long poll: one answer after the other, each of which ends, so that nothing on the way can hold it.
 *
 * The first answer stands for `hello`, and the end of each for a `ping`: it says up to where everything has come.
 */
import { NoAnswer, poll, type PollAnswer } from "./answers.ts";
import { BROKEN } from "./request.ts";
import type { StreamEnd, StreamEvents, Transport } from "./transport.ts";

/** How long an answer may wait for messages, at first: below what usually cuts. Each cut halves it. */
const WAIT_SECONDS = 15;
const MIN_WAIT_SECONDS = 1;
/** Cuts in a row, each after a wait, that are taken for how things are here. */
const MAX_CUTS = 6;
/** What fails sooner was not cut for being silent. */
const SUDDEN_MS = 500;
/** Polls are at least this far apart, so that a busy job costs ten a second and not a hundred. */
const APART_MS = 100;

export const pollTransport: Transport = {
  name: "poll",
  mayHold: false,
  open(url, events) {
    const address = new URL(url);
    address.searchParams.set("transport", "poll");
    address.searchParams.delete("probe");
    const ending = new AbortController();
    void follow(address, events, ending.signal);
    return { send: () => false, close: () => ending.abort() };
  },
};

async function follow(address: URL, events: StreamEvents, signal: AbortSignal): Promise<void> {
  let longest = WAIT_SECONDS;
  let wait = 0;
  let cuts = 0;
  while (!isOver(signal)) {
    const began = performance.now();
    address.searchParams.set("wait", String(wait));
    try {
      const answer = await poll(address, signal);
      if (isOver(signal)) return;
      hand(answer, wait === 0 ? address : null, events);
      address.searchParams.set("since", answer.cursor);
      wait = longest;
      cuts = 0;
    } catch (error) {
      if (isOver(signal)) return;
      const end: StreamEnd = error instanceof NoAnswer ? error.end : BROKEN;
      cuts += 1;
      if (end.code !== null || performance.now() - began < SUDDEN_MS || cuts > MAX_CUTS) {
        events.onEnd(end);
        return;
      }
      longest = Math.max(MIN_WAIT_SECONDS, longest / 2);
      wait = Math.min(wait, longest);
    }
    await pause(APART_MS - (performance.now() - began));
  }
}

/** Tell an answer as a stream would have; `first` is the address where it is the first. */
function hand({ cursor, messages }: PollAnswer, first: URL | null, events: StreamEvents): void {
  const say = (type: string, payload: object) =>
    events.onText(JSON.stringify({ type, payload, timestamp: new Date().toISOString() }));
  if (first !== null) {
    const query = first.searchParams;
    const since = query.get("since");
    say("hello", {
      session_id: query.get("session_id") ?? "",
      transport: "poll",
      cursor: since === null || since === "now" ? cursor : since,
      heartbeat_seconds: 2 * WAIT_SECONDS,
      server_version: "",
    });
  }
  for (const message of messages) events.onText(JSON.stringify(message));
  say("ping", { cursor });
}

function pause(ms: number): Promise<void> {
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}

/** Read anew after each wait: what aborts is not seen by the type of a signal that was looked at before. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}
