/** Which job has which place on the wall: a place is kept while its job is there, so that nothing jumps. No React. */
import { hasEnded, type JobSummary } from "../../api/jobs.ts";

/** Pictures that can be told apart from across a room, and drawn at once. */
export const PLACES = 16;
/** So long an ended job stays, unless a running one needs its place. */
const STAYS_MS = 120_000;

export interface Place {
  job: JobSummary;
  /** When it was first seen as ended (epoch milliseconds); null while it runs. */
  endedAt: number | null;
}

export interface Wall {
  places: readonly Place[];
  /** Running jobs for which there is no place. */
  more: number;
}

/**
 * The wall after the list of running jobs was read or has changed. `gone` are jobs that were read by themselves, after
 * they had left that list.
 */
export function arranged(places: readonly Place[], listed: readonly JobSummary[], gone: readonly JobSummary[], now: number): Wall {
  const byId = new Map([...gone, ...listed].map((job) => [job.job_id, job]));
  const kept = places
    .map(({ job, endedAt }) => {
      const newest = byId.get(job.job_id) ?? job;
      return { job: newest, endedAt: hasEnded(newest.status) ? (endedAt ?? now) : null };
    })
    .filter(({ endedAt }) => endedAt === null || now - endedAt < STAYS_MS);
  const shown = new Set(kept.map(({ job }) => job.job_id));
  // The list is newest first; the one that has run longest is told first.
  const waiting = listed.filter((job) => job.status === "running" && !shown.has(job.job_id)).reverse();
  for (const job of waiting.splice(0)) {
    const place = { job, endedAt: null };
    const oldest = kept.length < PLACES ? -1 : oldestEnded(kept);
    if (kept.length < PLACES) kept.push(place);
    else if (oldest >= 0) kept[oldest] = place;
    else waiting.push(job);
  }
  return { places: kept, more: waiting.length };
}

function oldestEnded(places: readonly Place[]): number {
  let found = -1;
  for (const [at, { endedAt }] of places.entries()) {
    if (endedAt !== null && (found < 0 || endedAt < (places[found]?.endedAt ?? 0))) found = at;
  }
  return found;
}

/** Columns for so many pictures: as many as rows, about, so that each is as large as it can be. */
export function columnsFor(count: number): number {
  return Math.max(1, Math.ceil(Math.sqrt(count)));
}
