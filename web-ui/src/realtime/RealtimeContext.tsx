/** Gives the components below it the state of one watched job. */
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";

import { systemClock } from "./clock.ts";
import { historyBelow, type ReadHistory } from "./history.ts";
import { JobWatch, type ReadSnapshot } from "./job_watch.ts";
import { RealtimeClient } from "./RealtimeClient.ts";
import { createStore, type RealtimeContextType } from "./store.ts";

/**
 * Components read it by `useRealtime`, which renders them anew when something changed; the context's own value stays
 * the same object. A made one, from `createStore`, may stand in: that is how stories and tests show any state.
 */
export const RealtimeContext = createContext<RealtimeContextType | null>(null);

/** The store above; throws where there is none. */
export function useRealtimeContext(): RealtimeContextType {
  const store = useContext(RealtimeContext);
  if (store === null) throw new Error("There is no RealtimeProvider above this component.");
  return store;
}

export interface RealtimeProviderProps {
  /** The job to watch; another one begins anew. */
  jobId: string;
  /** The public path below which the server is; "" for none. */
  root: string;
  /** Reads a job's snapshot over REST. Where it changes, nothing is read anew. */
  readSnapshot: ReadSnapshot;
  readHistory?: ReadHistory;
  createClient?: (() => RealtimeClient) | undefined;
  /** Stay connected when the job has ended, where the connection itself is looked at. */
  stays?: boolean | undefined;
  children: ReactNode;
}

export function RealtimeProvider({ jobId, root, stays = false, children, ...injected }: RealtimeProviderProps) {
  const [client] = useState(() => (injected.createClient ?? newClient)());
  const [store] = useState(() => createStore({ reconnect: () => client.reconnect() }));
  const [{ readSnapshot, readHistory }] = useState(injected);

  useEffect(() => {
    const watch = new JobWatch({
      jobId,
      root,
      store,
      client,
      readSnapshot,
      readHistory: readHistory ?? historyBelow(root),
      stays,
      clock: systemClock,
    });
    watch.start();
    return () => watch.stop();
  }, [jobId, root, stays, store, client, readSnapshot, readHistory]);

  return <RealtimeContext value={store}>{children}</RealtimeContext>;
}

function newClient(): RealtimeClient {
  return new RealtimeClient();
}
