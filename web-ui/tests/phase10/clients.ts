/** Clients for specs: each is left when its test ends, and remembers nothing of another's. */
import { expect, onTestFinished } from "vitest";

import type { RealtimeMessage } from "../../src/realtime/messages.ts";
import { type ClientOptions, RealtimeClient, type RealtimeError } from "../../src/realtime/RealtimeClient.ts";
import type { ConnectionInfo, ConnectionStatus } from "../../src/realtime/state.ts";
import type { Remembered, TransportMemory } from "../../src/realtime/transports/memory.ts";
import { sseTransport } from "../../src/realtime/transports/sse.ts";
import { webSocketTransport } from "../../src/realtime/transports/websocket.ts";

/** A memory of its own. */
export function newMemory(): TransportMemory {
  let kept: Remembered | null = null;
  return { recall: () => kept, remember: (_origin, verdict) => void (kept = verdict) };
}

export interface Watched {
  client: RealtimeClient;
  /** Everything delivered but `hello`, in order. */
  messages: RealtimeMessage[];
  errors: RealtimeError[];
  /** Every status there was, once a change. */
  statuses: ConnectionStatus[];
  /** Waits until the client has this status. */
  reaches: (status: ConnectionStatus) => Promise<ConnectionInfo>;
  /** The places of what was delivered. */
  ids: () => (string | undefined)[];
}

/** The two ways that a stage has by itself. */
const STREAMS = [webSocketTransport, sseTransport];

/** A client with the two streams only, and with none of other tabs', unless the spec is about them. */
export function newClient(options: ClientOptions = {}): Watched {
  const client = new RealtimeClient({ memory: newMemory(), random: () => 0.5, transports: STREAMS, share: null, ...options });
  onTestFinished(() => client.disconnect());
  const messages: RealtimeMessage[] = [];
  const errors: RealtimeError[] = [];
  const statuses: ConnectionStatus[] = [];
  client.onMessage((message) => message.type !== "hello" && messages.push(message));
  client.onError((error) => errors.push(error));
  client.subscribe(() => {
    const { status } = client.getSnapshot();
    if (statuses.at(-1) !== status) statuses.push(status);
  });
  return {
    client,
    messages,
    errors,
    statuses,
    reaches: async (status) => {
      await expect.poll(() => client.getSnapshot().status, { timeout: 10_000 }).toBe(status);
      return client.getSnapshot();
    },
    ids: () => messages.map(({ id }) => id),
  };
}
