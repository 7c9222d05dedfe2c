/** Batches and the roll-ups that came since they were read. */
import type { PayloadOf } from "../realtime/messages.ts";
import type { BatchPages, BatchState } from "./batches.ts";
import type { JobStatus } from "./jobs.ts";

export type RollUp = PayloadOf<"batch_status">;

/** How many of a batch's items are of a status. */
export function countOf({ counts }: { counts: Readonly<Record<string, number>> }, status: JobStatus): number {
  return counts[status] ?? 0;
}

/** How many of its items have ended, whatever as. */
export function endedOf(batch: { counts: Readonly<Record<string, number>> }): number {
  return countOf(batch, "done") + countOf(batch, "error") + countOf(batch, "cancelled");
}

/** The batch as a roll-up says that it is. That it has ended for good, and when, is for the server to say. */
export function rolledUp(batch: BatchState, { counts, total, progress }: RollUp): BatchState {
  const next = { ...batch, counts, total, progress };
  const run = countOf(next, "done") + countOf(next, "error");
  const isOver = endedOf(next) >= total;
  return {
    ...next,
    failure_rate: run === 0 ? null : countOf(next, "error") / run,
    finished_at: isOver ? batch.finished_at : null,
    status: isOver ? batch.status : endedOf(next) + countOf(next, "running") > 0 ? "running" : "queued",
  };
}

/** The list after these roll-ups; `strangers` where one is of a batch that is not in it, or one has ended. */
export function rolledUpList(list: BatchPages, rollUps: ReadonlyMap<string, RollUp>): { list: BatchPages; strangers: boolean } {
  const known = new Set<string>();
  const pages = list.pages.map((page) => ({
    ...page,
    batches: page.batches.map((batch) => {
      known.add(batch.batch_id);
      const rollUp = rollUps.get(batch.batch_id);
      return rollUp === undefined ? batch : rolledUp(batch, rollUp);
    }),
  }));
  const strangers = [...rollUps].some(([batchId, { progress }]) => progress >= 100 || !known.has(batchId));
  return { list: { ...list, pages }, strangers };
}
