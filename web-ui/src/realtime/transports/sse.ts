/** Server-Sent Events by `GET`, as every proxy should let them through. */
import { openEventStream } from "./event_stream.ts";
import type { Transport } from "./transport.ts";

export const sseTransport: Transport = {
  name: "sse",
  mayHold: true,
  open(url, events) {
    const address = new URL(url);
    address.searchParams.set("transport", "sse");
    return openEventStream(address, "GET", events);
  },
};
