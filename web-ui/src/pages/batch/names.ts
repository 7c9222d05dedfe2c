import { shortId } from "../jobs/names.ts";

/** What a batch is called. */
export function batchName(batch: { name: string | null; batch_id: string }): string {
  return batch.name ?? `Batch ${shortId(batch.batch_id)}`;
}
