import { type ReactElement, useEffect, useRef } from "react";
import { Link, useLocation, useSearchParams } from "wouter";

import type { BatchState } from "../api/batches.ts";
import { STATUSES } from "../api/jobs.ts";
import { countOf } from "../api/live_batches.ts";
import { asProblem, wordsFor } from "../api/problems.ts";
import { Button } from "../components/Button.tsx";
import { ConnectionLine } from "../components/ConnectionLine.tsx";
import { ErrorState } from "../components/ErrorState.tsx";
import { Skeleton } from "../components/Skeleton.tsx";
import { ItemsView } from "./batch/ItemsView.tsx";
import { batchName } from "./batch/names.ts";
import { RollUpPanel } from "./batch/RollUpPanel.tsx";
import { type BatchActions, useBatchActions } from "./batch/useBatchActions.tsx";
import { useLiveBatch } from "./batch/useLiveBatch.ts";
import "./BatchPage.css";
import "./JobPage.css";
import { shortId } from "./jobs/names.ts";
import { useListKeys } from "./jobs/useListKeys.ts";
import { taken, waitFor } from "./notices/waited.ts";
import { useTitle } from "./page.ts";
import { counted, grouped } from "./quantities.ts";

/** A batch that is not there, or no longer. */
function MissingBatch({ error }: { error: unknown }): ReactElement {
  useTitle("Not here");
  return (
    <main id="content" className="missing-job" tabIndex={-1}>
      <h1>This batch is not here</h1>
      <p role="alert">It may have been deleted, or its address is cut off. Other batches are where they were.</p>
      <code>{asProblem(error).code}</code>
      <p>
        <Link href="/batches">All batches</Link>
      </p>
    </main>
  );
}

function Buttons({ batch, actions }: { batch: BatchState; actions: BatchActions }): ReactElement {
  const failed = countOf(batch, "error");
  const cancelled = countOf(batch, "cancelled");
  const isOver = batch.finished_at !== null;
  return (
    <div className="batch-page__actions">
      <Button disabled={failed === 0} busy={actions.isBusy} onClick={() => actions.ask("retry")}>
        {failed === 0 ? "Retry the failed" : `Retry the failed (${grouped(failed)})`}
      </Button>
      {isOver && cancelled > 0 && (
        <Button busy={actions.isBusy} onClick={() => actions.ask("rerun")}>
          {`Run the cancelled (${grouped(cancelled)})`}
        </Button>
      )}
      <Button look="danger" busy={actions.isBusy} onClick={() => actions.ask(isOver ? "purge" : "cancel")}>
        {isOver ? "Delete…" : "Cancel…"}
      </Button>
    </div>
  );
}

/** What a batch runs, in a line. */
function about(batch: BatchState): string {
  const tools = batch.tools.length > 0 ? ` (${batch.tools.join(", ")})` : "";
  return `${batch.plugin}${tools}, sent ${new Date(batch.created_at).toLocaleString("en-GB")}`;
}

/** What a screen reader says by itself: that it has ended, and as what. */
function outcomeOf(batch: BatchState): string {
  if (batch.finished_at === null) return "";
  return `The batch has ended: ${countOf(batch, "done")} done, ${counted(countOf(batch, "error"), "error")}, ${countOf(batch, "cancelled")} cancelled`;
}

/** A batch: how all of it stands, and every item. */
export function BatchPage({ batchId }: { batchId: string }): ReactElement {
  const [, navigate] = useLocation();
  const [params, setParams] = useSearchParams();
  const filter = STATUSES.find((status) => status === params.get("status")) ?? null;
  const live = useLiveBatch(batchId);
  const { items } = live;
  const { data: batch, error } = live.batch;
  const actions = useBatchActions(batchId, batch, (action) => {
    if (action === "purge") navigate("/batches");
    else items.refresh();
  });
  const above = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLUListElement>(null);
  useListKeys({ table: list });

  const name = batch === undefined ? "Batch" : batchName(batch);
  const standing = batch === undefined ? "" : batch.finished_at === null ? `${batch.progress} % ` : batch.status === "cancelled" ? "Cancelled: " : "Done: ";
  const isMissing = error !== null && asProblem(error).status === 404;
  useTitle(isMissing ? null : `${standing}${name}`);
  const isKnown = batch !== undefined;
  const isOver = isKnown && batch.finished_at !== null;
  useEffect(() => {
    if (!isKnown) return;
    if (!isOver) waitFor({ kind: "batch", id: batchId, name });
    else if (!document.hidden) void taken(batchId);
  }, [isKnown, isOver, batchId, name]);
  // A filter looks at the same page: where one is in it counts no more.
  useEffect(() => {
    window.scrollTo(0, Math.min(window.scrollY, list.current?.offsetTop ?? 0));
  }, [filter]);

  if (isMissing) return <MissingBatch error={error} />;
  const words = error === null ? null : wordsFor(error, "read");
  return (
    <main id="content" className="batch-page" tabIndex={-1}>
      <div ref={above} className="batch-page__above">
        <header className="batch-page__head">
          <div className="batch-page__what">
            <h1>{name}</h1>
            {batch !== undefined && (
              <p className="batch-page__about">
                {about(batch)} <code title={batchId}>{shortId(batchId)}</code>
              </p>
            )}
          </div>
          {batch !== undefined && <Buttons batch={batch} actions={actions} />}
        </header>
        {batch !== undefined && <ConnectionLine connection={live.connection} onRetry={live.reconnect} />}
        {words !== null && (
          <ErrorState
            title={batch === undefined ? "The batch could not be read" : "The batch could not be read anew"}
            safe={batch === undefined ? `It is not affected. ${words.what}` : `${words.what} What is shown is as it was last read.`}
            next={words.next}
            action={<Button onClick={() => void live.batch.refetch()}>Try again</Button>}
          />
        )}
        {batch === undefined ? (
          words === null && (
            <div role="status">
              <span className="visually-hidden">Loading the batch</span>
              <Skeleton height="14rem" />
            </div>
          )
        ) : (
          <RollUpPanel
            batch={batch}
            pace={live.pace}
            filter={filter}
            onFilter={(status) => {
              setParams(status === null ? {} : { status }, { replace: true });
            }}
          />
        )}
        <p className="batch-page__notice" role="status">
          {actions.notice}
        </p>
      </div>
      {batch !== undefined && <ItemsView batch={batch} items={items} filter={filter} above={above} list={list} />}
      <div className="visually-hidden" role="log" aria-label="News of the batch">
        {batch !== undefined && outcomeOf(batch)}
      </div>
      {actions.dialog}
    </main>
  );
}
