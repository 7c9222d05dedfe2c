/**
 * Server-Sent Events by `POST`, padded: for proxies that hold back every `GET`, that collect some kilobytes before they
 * pass anything on, or that refuse long addresses.
 */
import { openEventStream } from "./event_stream.ts";
import type { Transport } from "./transport.ts";

/** Bytes behind each write: as much as such proxies collect. */
const PAD = 16_384;

export const ssePostTransport: Transport = {
  name: "sse_post",
  mayHold: true,
  open(url, events) {
    const address = new URL(url);
    address.searchParams.set("transport", "sse");
    address.searchParams.set("pad", String(PAD));
    return openEventStream(address, "POST", events);
  },
};
