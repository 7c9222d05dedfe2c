/** Batches over REST: lists, one batch, its items, and what can be done with all of it at once. */
import { type InfiniteData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, contentOf, type Schemas } from "./client.ts";
import { JOBS_KEY, type JobStatus } from "./jobs.ts";

export type BatchState = Schemas["BatchState"];
export type BatchItem = Schemas["BatchItem"];
export type BatchItems = Schemas["BatchItems"];
export type BatchPages = InfiniteData<Schemas["BatchList"], string | null>;

/** How many rows a page of the list of batches has. */
const PAGE = 50;

export const BATCHES_KEY = ["batches"] as const;

export function batchKey(batchId: string): readonly [string, string] {
  return ["batch", batchId];
}

/** One batch at a glance. */
export function useBatch(batchId: string, options: { refetchMs: number | false }) {
  return useQuery({
    queryKey: batchKey(batchId),
    queryFn: ({ signal }) => contentOf(api.GET("/v1/batches/{batch_id}", { params: { path: { batch_id: batchId } }, signal })),
    refetchInterval: options.refetchMs,
  });
}

/** How a batch stands; `gone` where it is not there any more, null where that could not be read. */
export async function batchStanding(batchId: string): Promise<JobStatus | "gone" | null> {
  const params = { path: { batch_id: batchId } };
  const { data, response } = await api.GET("/v1/batches/{batch_id}", { params }).catch(() => ({ data: undefined, response: null }));
  if (data === undefined) return response?.status === 404 ? "gone" : null;
  return data.finished_at === null ? "running" : data.status;
}

/** Batches, newest first, page by page. */
export function useBatches(options: { refetchMs: number | false }) {
  return useInfiniteQuery({
    queryKey: BATCHES_KEY,
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: PAGE, ...(pageParam !== null && { after: pageParam }) };
      return contentOf(api.GET("/v1/batches", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_after,
    refetchInterval: options.refetchMs,
  });
}

/** Which of a batch's items: those behind the number `after`, of one status or of any. */
export interface ItemsQuery {
  status?: JobStatus;
  after: number;
  limit: number;
}

/** A page of a batch's items; throws an `ApiProblem`. */
export async function readItems(batchId: string, query: ItemsQuery, signal: AbortSignal): Promise<BatchItems> {
  const params = { path: { batch_id: batchId }, query };
  return contentOf(api.GET("/v1/batches/{batch_id}/items", { params, signal }));
}

export type BatchAction = "retry" | "rerun" | "cancel" | "purge";

/** What came of it; `retried` says how many items run again. */
export interface BatchOutcome {
  action: BatchAction;
  retried: number;
}

async function act(action: BatchAction, batchId: string): Promise<BatchOutcome> {
  const path = { batch_id: batchId };
  switch (action) {
    case "retry":
    case "rerun": {
      const query = { status: action === "retry" ? "error" : "cancelled" } as const;
      const { retried } = await contentOf(api.POST("/v1/batches/{batch_id}/retry", { params: { path, query } }));
      return { action, retried };
    }
    case "cancel":
      await contentOf(api.POST("/v1/batches/{batch_id}/cancel", { params: { path } }));
      return { action, retried: 0 };
    case "purge":
      await contentOf(api.POST("/v1/batches/{batch_id}/purge", { params: { path } }));
      return { action, retried: 0 };
  }
}

/** Does something with a whole batch. What was read of it is read again afterwards, however it ended. */
export function useBatchAction(batchId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (action: BatchAction) => act(action, batchId),
    onSettled: async (outcome) => {
      // A deleted batch is not there to be read.
      if (outcome?.action === "purge") queries.removeQueries({ queryKey: batchKey(batchId) });
      else await queries.invalidateQueries({ queryKey: batchKey(batchId) });
      await Promise.all([
        queries.invalidateQueries({ queryKey: BATCHES_KEY }),
        queries.invalidateQueries({ queryKey: JOBS_KEY }),
      ]);
    },
  });
}
