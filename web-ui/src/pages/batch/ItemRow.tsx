import { memo, type ReactElement } from "react";
import { Link } from "wouter";

import type { BatchItem } from "../../api/batches.ts";
import { StatusBadge } from "../../components/StatusBadge.tsx";
import { RowProgress } from "../jobs/RowProgress.tsx";
import { grouped } from "../quantities.ts";
import { Thumbnail } from "./Thumbnail.tsx";

function nameOf(item: BatchItem): string {
  return item.name ?? item.job?.input_name ?? `Item ${item.n}`;
}

/** What a row of the list is made of, so that only rows that have changed are made anew. */
export const ItemRow = memo(function ItemRow({ item }: { item: BatchItem }): ReactElement {
  const name = nameOf(item);
  return (
    <>
      <span className="item-row__number">{grouped(item.n)}</span>
      <Thumbnail key={item.job?.job_id ?? ""} job={item.job} />
      <div className="item-row__about">
        {item.job === null ? (
          <span className="item-row__name">{name}</span>
        ) : (
          <Link href={`/jobs/${item.job.job_id}`} className="item-row__name" data-job={item.job.job_id}>
            {name}
          </Link>
        )}
        {item.error !== null && (
          <p className="item-row__error">
            <code>{item.error.code}</code> <span>{item.error.detail}</span>
            {item.line !== null && <span className="item-row__line">{` Line ${grouped(item.line)} of the manifest.`}</span>}
          </p>
        )}
      </div>
      {/* Its place is kept: what begins to run, or ends, moves nothing. */}
      <span className="item-row__progress">{item.job?.status === "running" && <RowProgress job={item.job} />}</span>
      <StatusBadge status={item.status} />
    </>
  );
});
