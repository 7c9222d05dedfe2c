import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { type JobList, JOBS_KEY } from "../../api/jobs.ts";
import { patched } from "../../api/live_jobs.ts";
import { rootPath } from "../../api/root.ts";
import type { RealtimeMessage } from "../../realtime/messages.ts";
import type { ConnectionInfo } from "../../realtime/state.ts";
import { useRealtimeMessages } from "../../realtime/useRealtime.ts";

/** Messages are put into the lists this often, however many come. */
const PATCH_MS = 100;
/** Lists are read anew no more often than this, however many jobs come and go. */
const READ_MS = 1_000;
/** Without a stream the lists are read this often. */
const POLL_MS = 5_000;

const QUERY = { root: rootPath, types: ["job_status", "progress", "warning"] } as const;

export interface LiveJobs {
  connection: ConnectionInfo;
  /** Try to connect at once. */
  reconnect: () => void;
  /** How often a list should be read; false while the stream tells what changes. */
  refetchMs: number | false;
}

/** Keeps every list of jobs on the page as it is at this moment. */
export function useLiveJobs(): LiveJobs {
  const queries = useQueryClient();
  const waiting = useRef<RealtimeMessage[]>([]);
  const patchTimer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const readTimer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const readSoon = () => {
    readTimer.current ??= setTimeout(() => {
      readTimer.current = undefined;
      // One that is under way may take several requests: to begin anew each time would never come to an end.
      if (queries.isFetching({ queryKey: JOBS_KEY }) > 0) readSoon();
      else void queries.invalidateQueries({ queryKey: JOBS_KEY });
    }, READ_MS);
  };

  const patch = () => {
    patchTimer.current = undefined;
    const messages = waiting.current.splice(0);
    for (const [key, list] of queries.getQueriesData<JobList>({ queryKey: JOBS_KEY })) {
      if (list === undefined) continue;
      const change = patched(list, messages);
      queries.setQueryData(key, change.list);
      if (change.strangers || change.moved) readSoon();
    }
  };

  const { connection, reconnect } = useRealtimeMessages(QUERY, (message) => {
    if (message.type === "reset") {
      waiting.current = [];
      readSoon();
      return;
    }
    waiting.current.push(message);
    patchTimer.current ??= setTimeout(patch, PATCH_MS);
  });

  // What happened between the reading of a list and the beginning of the stream is in neither: read once more.
  const isOpen = connection.status === "OPEN";
  useEffect(() => {
    if (isOpen) void queries.invalidateQueries({ queryKey: JOBS_KEY });
  }, [isOpen, queries]);

  useEffect(
    () => () => {
      for (const timer of [patchTimer, readTimer]) {
        clearTimeout(timer.current);
        timer.current = undefined;
      }
    },
    [],
  );
  return { connection, reconnect, refetchMs: isOpen ? false : POLL_MS };
}
