import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { BATCHES_KEY, type BatchPages } from "../../api/batches.ts";
import { rolledUpList, type RollUp } from "../../api/live_batches.ts";
import { rootPath } from "../../api/root.ts";
import type { ConnectionInfo } from "../../realtime/state.ts";
import { useRealtimeMessages } from "../../realtime/useRealtime.ts";

/** Roll-ups are put into the list this often, however many batches run. */
const SHOW_MS = 500;
/** The list is read anew no more often than this. */
const READ_MS = 1_000;
/** Without a stream it is read this often. */
const POLL_MS = 5_000;

const QUERY = { root: rootPath, types: ["batch_status"] } as const;

/** Keeps the list of batches as it is at this moment. */
export function useLiveBatches(): { connection: ConnectionInfo; reconnect: () => void; refetchMs: number | false } {
  const queries = useQueryClient();
  const rollUps = useRef(new Map<string, RollUp>());
  const showTimer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const readTimer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const readSoon = () => {
    readTimer.current ??= setTimeout(() => {
      readTimer.current = undefined;
      void queries.invalidateQueries({ queryKey: BATCHES_KEY });
    }, READ_MS);
  };
  const show = () => {
    showTimer.current = undefined;
    const told = rollUps.current;
    rollUps.current = new Map();
    const list = queries.getQueryData<BatchPages>(BATCHES_KEY);
    if (list === undefined) return;
    const next = rolledUpList(list, told);
    queries.setQueryData(BATCHES_KEY, next.list);
    if (next.strangers) readSoon();
  };

  const { connection, reconnect } = useRealtimeMessages(QUERY, (message) => {
    if (message.type === "reset") readSoon();
    if (message.type !== "batch_status") return;
    rollUps.current.set(message.payload.batch_id, message.payload);
    showTimer.current ??= setTimeout(show, SHOW_MS);
  });

  // What happened between the reading and the beginning of the stream is in neither: read once more.
  const isOpen = connection.status === "OPEN";
  useEffect(() => {
    if (isOpen) void queries.invalidateQueries({ queryKey: BATCHES_KEY });
  }, [isOpen, queries]);

  useEffect(
    () => () => {
      for (const timer of [showTimer, readTimer]) {
        clearTimeout(timer.current);
        timer.current = undefined;
      }
    },
    [],
  );
  return { connection, reconnect, refetchMs: isOpen ? false : POLL_MS };
}
