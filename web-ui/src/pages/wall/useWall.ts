import { useQueries } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { hasEnded, type JobSummary, readSummary, useJobs } from "../../api/jobs.ts";
import { useNow } from "../jobs/useNow.ts";
import { type LiveJobs, useLiveJobs } from "../jobs/useLiveJobs.ts";
import { arranged, type Place, PLACES, type Wall } from "./slots.ts";

/** More than there are places, so that it is known whether there are more. */
const LISTED = 4 * PLACES;
const NONE: readonly JobSummary[] = [];

/** The jobs on the wall, each as it is at this moment. */
export function useWall(): { wall: Wall; list: ReturnType<typeof useJobs>; live: LiveJobs } {
  const live = useLiveJobs();
  const list = useJobs({ status: "running", limit: LISTED }, { refetchMs: live.refetchMs });
  const [places, setPlaces] = useState<readonly Place[]>([]);
  const now = useNow();

  const listed = list.data?.jobs ?? NONE;
  const listedIds = useMemo(() => new Set(listed.map(({ job_id: jobId }) => jobId)), [listed]);
  // Such a one has ended, or waits anew: the list does not say which.
  const left = list.data === undefined ? [] : places.filter(({ job }) => !listedIds.has(job.job_id) && !hasEnded(job.status));
  const gone = useQueries({
    queries: left.map(({ job }) => ({
      queryKey: ["wall", job.job_id, list.dataUpdatedAt],
      queryFn: ({ signal }: { signal: AbortSignal }) => readSummary(job, signal),
    })),
    combine: (answers) => answers.flatMap(({ data }) => (data === undefined ? [] : [data])),
  });

  const wall = useMemo(() => arranged(places, listed, gone, now), [places, listed, gone, now]);
  if (!isSame(places, wall.places)) setPlaces(wall.places);
  return { wall, list, live };
}

function isSame(before: readonly Place[], after: readonly Place[]): boolean {
  return before.length === after.length && before.every((place, at) => place.job === after[at]?.job && place.endedAt === after[at].endedAt);
}
