/** The way from the stream into components. */
import { useCallback, useEffect, useEffectEvent, useState, useSyncExternalStore } from "react";

import type { MessageType, RealtimeMessage } from "./messages.ts";
import { RealtimeClient } from "./RealtimeClient.ts";
import { useRealtimeContext } from "./RealtimeContext.tsx";
import type { ConnectionInfo, RealtimeState } from "./state.ts";
import type { RealtimeContextType } from "./store.ts";

/**
 * A part of the watched job's state. The component renders again when that part is another one, so `select` takes
 * what is there and makes nothing new: `useRealtime((state) => state.progress)`.
 */
export function useRealtime<T>(select: (state: RealtimeState) => T): T;
/** All of it, with `dispatch` and `reconnect`. */
export function useRealtime(): Pick<RealtimeContextType, "state" | "dispatch" | "reconnect">;
export function useRealtime<T>(select?: (state: RealtimeState) => T) {
  const store = useRealtimeContext();
  const selected = useSyncExternalStore(store.subscribe, () => (select ? select(store.state) : store.state));
  return select ? selected : { state: store.state, dispatch: store.dispatch, reconnect: store.reconnect };
}

export interface MessagesQuery {
  /** The public path below which the server is; "" for none. */
  root: string;
  jobIds?: readonly string[];
  /** Their roll-ups, and what is said of their jobs; beside `jobIds` it means both. */
  batchIds?: readonly string[];
  types?: readonly MessageType[];
  /** A cursor to begin at; from now on where there is none. */
  since?: string | null;
}

/**
 * Follow the messages of many jobs, as a live list does, with one connection for as long as the component is there.
 *
 * `handler` gets each new message once and in order, and a `reset` where what it was told can't be continued and has
 * to be read anew. It may change with every render; the query is compared by its content. `reconnect` tries at once.
 */
export function useRealtimeMessages(
  query: MessagesQuery,
  handler: (message: RealtimeMessage) => void,
): { connection: ConnectionInfo; reconnect: () => void } {
  const [client] = useState(() => new RealtimeClient());
  const handle = useEffectEvent(handler);
  const url = addressOf(query);

  useEffect(() => {
    const stop = client.onMessage((message) => {
      if (message.type !== "hello") handle(message);
    });
    client.connect(url);
    return () => {
      stop();
      client.disconnect();
    };
  }, [client, url]);

  const connection = useSyncExternalStore(client.subscribe, client.getSnapshot);
  const reconnect = useCallback(() => client.reconnect(), [client]);
  return { connection, reconnect };
}

function addressOf({ root, jobIds = [], batchIds = [], types = [], since }: MessagesQuery): string {
  const query = new URLSearchParams();
  for (const jobId of jobIds) query.append("job_id", jobId);
  for (const batchId of batchIds) query.append("batch_id", batchId);
  if (types.length > 0) query.set("types", types.join(","));
  if (since) query.set("since", since);
  return `${root}/v1/realtime?${query}`;
}
