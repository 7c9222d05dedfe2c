import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";

import { batchKey, type BatchState, readItems, useBatch } from "../../api/batches.ts";
import { endedOf, rolledUp, type RollUp } from "../../api/live_batches.ts";
import { rootPath } from "../../api/root.ts";
import type { ConnectionInfo } from "../../realtime/state.ts";
import { useRealtimeMessages } from "../../realtime/useRealtime.ts";
import { ItemList } from "./item_list.ts";
import { Pace } from "./pace.ts";
import { Told } from "./told.ts";

/** Messages are put on the page this often, however many come: twice a second is enough for who counts. */
const SHOW_MS = 500;
/** Without a stream the batch is read this often. */
const POLL_MS = 5_000;

export interface LiveBatch {
  batch: ReturnType<typeof useBatch>;
  items: ItemList;
  pace: Pace;
  connection: ConnectionInfo;
  reconnect: () => void;
}

/** A batch as it is at this moment, with its items. */
export function useLiveBatch(batchId: string): LiveBatch {
  const queries = useQueryClient();
  const [items] = useState(() => new ItemList((query, signal) => readItems(batchId, query, signal)));
  const [pace] = useState(() => new Pace());
  const rollUp = useRef<RollUp | null>(null);
  const [told] = useState(() => new Told());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const readAnew = () => {
    void queries.invalidateQueries({ queryKey: batchKey(batchId) });
    items.refresh();
  };

  const show = () => {
    timer.current = undefined;
    items.take(told.take());
    const counts = rollUp.current;
    rollUp.current = null;
    if (counts === null) return;
    queries.setQueryData<BatchState>(batchKey(batchId), (batch) => batch && rolledUp(batch, counts));
    // How it ended, and when, only the server knows.
    if (counts.progress >= 100) readAnew();
  };

  const query = useMemo(() => ({ root: rootPath, batchIds: [batchId], types: ["batch_status", "job_status", "progress"] as const }), [batchId]);
  const { connection, reconnect } = useRealtimeMessages(query, (message) => {
    switch (message.type) {
      case "reset":
        rollUp.current = null;
        told.clear();
        readAnew();
        return;
      case "batch_status":
        rollUp.current = message.payload;
        break;
      case "job_status":
      case "progress":
        told.add(message);
        break;
      default:
        return;
    }
    timer.current ??= setTimeout(show, SHOW_MS);
  });

  // What happened between the reading and the beginning of the stream is in neither: read once more.
  const isOpen = connection.status === "OPEN";
  useEffect(() => {
    if (!isOpen) return;
    void queries.invalidateQueries({ queryKey: batchKey(batchId) });
    items.refresh();
  }, [isOpen, queries, batchId, items]);

  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
      items.close();
    },
    [items],
  );

  const batch = useBatch(batchId, { refetchMs: isOpen ? false : POLL_MS });
  const { data } = batch;
  useEffect(() => {
    if (data === undefined) return;
    items.count(data.total, data.counts);
    pace.note(endedOf(data), Date.now());
  }, [data, items, pace]);

  // Without a stream nothing else says that rows have changed.
  const { dataUpdatedAt } = batch;
  useEffect(() => {
    if (!isOpen) items.refresh();
  }, [isOpen, items, dataUpdatedAt]);

  return { batch, items, pace, connection, reconnect };
}
