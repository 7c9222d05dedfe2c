import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type ReactElement, type RefObject, useEffect, useState, useSyncExternalStore } from "react";

import type { BatchState } from "../../api/batches.ts";
import type { JobStatus } from "../../api/jobs.ts";
import { wordsFor } from "../../api/problems.ts";
import { Button } from "../../components/Button.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { ErrorState } from "../../components/ErrorState.tsx";
import { Skeleton } from "../../components/Skeleton.tsx";
import type { ItemList } from "./item_list.ts";
import { ItemRow } from "./ItemRow.tsx";
import "./ItemsView.css";

/** A row without an error; others are measured when they are there. */
const ROW_PIXELS = 57;
const ERROR_PIXELS = 76;

const WORDS: Record<JobStatus, string> = {
  queued: "waits",
  running: "runs",
  done: "is done",
  error: "has failed",
  cancelled: "was cancelled",
};

export interface ItemsViewProps {
  batch: BatchState;
  items: ItemList;
  filter: JobStatus | null;
  /** What stands above the list: where that grows, the list moves down. */
  above: RefObject<HTMLElement | null>;
  list: RefObject<HTMLUListElement | null>;
}

/** The items, as many rows as are seen: the page itself scrolls. */
export function ItemsView({ batch, items, filter, above, list }: ItemsViewProps): ReactElement {
  useSyncExternalStore(items.subscribe, items.version);
  const [margin, setMargin] = useState(0);
  useEffect(() => {
    items.show(filter);
  }, [items, filter]);
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      if (list.current !== null) setMargin(Math.round(list.current.getBoundingClientRect().top + window.scrollY));
    });
    if (above.current !== null) observer.observe(above.current);
    return () => {
      observer.disconnect();
    };
  }, [above, list]);

  const length = items.length;
  const virtual = useWindowVirtualizer({
    count: length ?? 0,
    estimateSize: (place) => (items.at(place)?.error == null ? ROW_PIXELS : ERROR_PIXELS),
    getItemKey: (place) => items.at(place)?.n ?? -place - 1,
    scrollMargin: margin,
    overscan: 8,
  });
  const rows = virtual.getVirtualItems();
  const [first, last] = [rows[0]?.index ?? 0, rows.at(-1)?.index ?? -1];
  const isUnknown = length === null;
  useEffect(() => {
    // Of a list whose length is not known yet the beginning is wanted.
    items.see(first, isUnknown ? 0 : last);
  }, [items, first, last, isUnknown, filter, batch.total]);

  const words = items.error === null ? null : wordsFor(items.error, "read");
  const failure = words !== null && (
    <ErrorState
      title="Some items could not be read"
      safe={words.what}
      next={words.next}
      action={<Button onClick={() => items.refresh()}>Try again</Button>}
    />
  );
  if (length === 0) {
    return (
      <>
        {failure}
        <EmptyState title={filter === null ? "No items" : `No item ${WORDS[filter]}`}>
          {filter === null ? "This batch is empty." : "The numbers above say what there is."}
        </EmptyState>
      </>
    );
  }
  const before = (rows[0]?.start ?? margin) - margin;
  const after = virtual.getTotalSize() - ((rows.at(-1)?.end ?? margin) - margin);
  return (
    <>
      {failure}
      {isUnknown && words === null && (
        <div role="status">
          <span className="visually-hidden">Loading the items</span>
          <Skeleton height="12rem" />
        </div>
      )}
      <ul
        ref={list}
        className="items-view"
        aria-label={filter === null ? "Items" : `Items, of which each ${WORDS[filter]}`}
        style={{ paddingTop: Math.max(0, before), paddingBottom: Math.max(0, after) }}
      >
        {rows.map(({ index, key }) => {
          const item = items.at(index);
          return (
            <li
              key={key}
              className="item-row"
              data-index={index}
              ref={virtual.measureElement}
              aria-setsize={length ?? -1}
              aria-posinset={index + 1}
            >
              {item === undefined ? <Skeleton width="60%" /> : <ItemRow item={item} />}
            </li>
          );
        })}
      </ul>
    </>
  );
}
