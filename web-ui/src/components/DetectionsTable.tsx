import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useRef, type KeyboardEvent, type ReactElement } from "react";

import "./DetectionsTable.css";
import { EmptyState } from "./EmptyState.tsx";
import type { Detection, ShownFrame } from "./frame/detections.ts";
import { Swatch } from "./Swatch.tsx";

export interface DetectionsTableProps {
  frame: ShownFrame | null;
  minConfidence: number;
  /** Where a frame with nothing in it leads to. */
  hint: string;
  /** The place of the detection that is looked at, here or in the picture. */
  highlighted: number | null;
  onHighlight: (place: number | null) => void;
}

const ROW_PIXELS = 28;

/** What was found in the frame, surest first; pointing at a row lights its box, and the other way round. */
export const DetectionsTable = memo(function DetectionsTable(props: DetectionsTableProps): ReactElement {
  const { frame, minConfidence, hint, highlighted, onHighlight } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const rows = (frame?.detections ?? [])
    .filter(({ score }) => score >= minConfidence)
    .sort((a, b) => b.score - a.score);
  const hidden = (frame?.detections.length ?? 0) - rows.length;
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions are called while this renders, and passed to nobody
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PIXELS,
    overscan: 8,
  });

  if (frame === null) return <EmptyState title="No frame yet">What is found in a frame is listed here.</EmptyState>;
  if (!frame.known) return <EmptyState title={`Frame ${frame.index}`}>What was found in it is being read.</EmptyState>;
  if (rows.length === 0) {
    return (
      <EmptyState title={hidden > 0 ? "Nothing sure enough" : "Nothing found in this frame"}>
        {hidden > 0
          ? `${hidden} below the least confidence of ${minConfidence.toFixed(2)}.`
          : hint}
      </EmptyState>
    );
  }

  const focusRow = (at: number): void => {
    virtual.scrollToIndex(at);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-row="${at}"]`)?.focus());
  };
  const onKeyDown = (event: KeyboardEvent, at: number): void => {
    const to = { ArrowDown: at + 1, j: at + 1, ArrowUp: at - 1, k: at - 1 }[event.key];
    if (to === undefined || to < 0 || to >= rows.length) return;
    event.preventDefault();
    focusRow(to);
  };
  const entry = Math.max(0, rows.findIndex(({ place }) => place === highlighted));
  const items = virtual.getVirtualItems();
  const [before, after] = [items[0]?.start ?? 0, virtual.getTotalSize() - (items.at(-1)?.end ?? 0)];
  return (
    <div className="detections-table" ref={scroller} onPointerLeave={() => onHighlight(null)}>
      <table aria-label={`Detections in frame ${frame.index}`} aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            <th scope="col">Label</th>
            <th scope="col">Score</th>
            <th scope="col">Track</th>
            <th scope="col">Size</th>
          </tr>
        </thead>
        <tbody>
          {before > 0 && <tr className="detections-table__space" style={{ height: before }} aria-hidden="true" />}
          {items.map(({ index }) => {
            const one = rows[index];
            if (one === undefined) return null;
            return (
              <tr
                key={one.place}
                data-row={index}
                aria-rowindex={index + 2}
                tabIndex={index === entry ? 0 : -1}
                data-lit={one.place === highlighted ? "" : undefined}
                onPointerEnter={() => onHighlight(one.place)}
                onFocus={() => onHighlight(one.place)}
                onBlur={() => onHighlight(null)}
                onKeyDown={(event) => onKeyDown(event, index)}
              >
                <Cells one={one} />
              </tr>
            );
          })}
          {after > 0 && <tr className="detections-table__space" style={{ height: after }} aria-hidden="true" />}
        </tbody>
      </table>
      {hidden > 0 && <p className="detections-table__hidden">{`${hidden} less sure hidden`}</p>}
    </div>
  );
});

function Cells({ one }: { one: Detection }): ReactElement {
  const { box, label, text, score, track, tool } = one;
  return (
    <>
      <td className="detections-table__label" title={tool ?? undefined}>
        <Swatch label={label} />
        <span>{text === null ? label : `${label} “${text}”`}</span>
      </td>
      <td>{score.toFixed(2)}</td>
      <td>{track === null ? "–" : `#${track}`}</td>
      <td>{`${Math.round(box.x2 - box.x1)} × ${Math.round(box.y2 - box.y1)}`}</td>
    </>
  );
}
