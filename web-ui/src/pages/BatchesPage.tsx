import { type ReactElement, useRef } from "react";
import { Link } from "wouter";

import { type BatchState, useBatches } from "../api/batches.ts";
import { countOf, endedOf } from "../api/live_batches.ts";
import { wordsFor } from "../api/problems.ts";
import { Button } from "../components/Button.tsx";
import { ConnectionLine } from "../components/ConnectionLine.tsx";
import { EmptyState } from "../components/EmptyState.tsx";
import { ErrorState } from "../components/ErrorState.tsx";
import { Skeleton } from "../components/Skeleton.tsx";
import { StatusBadge } from "../components/StatusBadge.tsx";
import { batchName } from "./batch/names.ts";
import { SegmentedBar } from "./batch/SegmentedBar.tsx";
import { useLiveBatches } from "./batches/useLiveBatches.ts";
import "./BatchesPage.css";
import { shortId } from "./jobs/names.ts";
import { useListKeys } from "./jobs/useListKeys.ts";
import { useNow } from "./jobs/useNow.ts";
import { useTitle } from "./page.ts";
import { ago, grouped } from "./quantities.ts";

/** How its items stand, in a few words: what there is none of is left out. */
function standing(batch: BatchState): string {
  const parts = [`${grouped(endedOf(batch))} of ${grouped(batch.total)}`];
  const running = countOf(batch, "running");
  const cancelled = countOf(batch, "cancelled");
  if (running > 0) parts.push(`${grouped(running)} running`);
  if (cancelled > 0) parts.push(`${grouped(cancelled)} cancelled`);
  return parts.join(", ");
}

function Row({ batch }: { batch: BatchState }): ReactElement {
  const now = useNow();
  const failed = countOf(batch, "error");
  return (
    <li className="batch-row">
      <div className="batch-row__what">
        <Link href={`/batches/${batch.batch_id}`} className="batch-row__name" data-job={batch.batch_id}>
          {batchName(batch)}
        </Link>
        <span className="batch-row__about">
          {batch.plugin} <code title={batch.batch_id}>{shortId(batch.batch_id)}</code>
        </span>
      </div>
      <StatusBadge status={batch.status} />
      <div className="batch-row__progress">
        <SegmentedBar counts={batch.counts} total={batch.total} progress={batch.progress} />
        <span className="batch-row__counts">
          <span className="batch-row__percent">{`${batch.progress} %`}</span>
          <span>{standing(batch)}</span>
          {failed > 0 && <span className="batch-row__failed">{`${grouped(failed)} failed`}</span>}
        </span>
      </div>
      <time className="batch-row__when" dateTime={batch.created_at} title={new Date(batch.created_at).toLocaleString("en-GB")}>
        {ago(now - Date.parse(batch.created_at))}
      </time>
    </li>
  );
}

/** All batches, newest first, each as it is at this moment. */
export function BatchesPage(): ReactElement {
  useTitle("Batches");
  const live = useLiveBatches();
  const list = useBatches({ refetchMs: live.refetchMs });
  const rows = useRef<HTMLUListElement>(null);
  useListKeys({ table: rows });
  const batches = list.data?.pages.flatMap((page) => page.batches);
  const words = list.error === null ? null : wordsFor(list.error, "read");
  return (
    <main id="content" className="batches-page" tabIndex={-1}>
      <header className="batches-page__head">
        <h1>Batches</h1>
        {batches !== undefined && <ConnectionLine connection={live.connection} onRetry={live.reconnect} />}
      </header>
      {words !== null && (
        <ErrorState
          title={batches === undefined ? "The list of batches could not be read" : "The list could not be read anew"}
          safe={batches === undefined ? `Your batches are not affected. ${words.what}` : `${words.what} What is shown is as it was last read.`}
          next={words.next}
          action={<Button onClick={() => void list.refetch()}>Try again</Button>}
        />
      )}
      {batches === undefined ? (
        words === null && (
          <div role="status">
            <span className="visually-hidden">Loading the batches</span>
            <Skeleton height="16rem" />
          </div>
        )
      ) : batches.length === 0 ? (
        <EmptyState title="No batches yet" action={<Link href="/">Submit files</Link>}>
          Several files, a folder or a manifest that are sent at once are one batch, and are listed here.
        </EmptyState>
      ) : (
        <ul ref={rows} className="batches-page__list" aria-label="Batches">
          {batches.map((batch) => (
            <Row key={batch.batch_id} batch={batch} />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button className="batches-page__more" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          Show older ones
        </Button>
      )}
    </main>
  );
}
