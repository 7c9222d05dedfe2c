import { memo, useMemo, useRef, type KeyboardEvent, type PointerEvent, type ReactElement } from "react";

import { clock } from "./times.ts";
import "./Timeline.css";

export interface TimelineProps {
  /** Most detections of one frame, by column. */
  columns: readonly number[];
  framesPerColumn: number;
  /** Frames of the whole input, as far as that is known. */
  total: number;
  /** Frames that have been processed: the rest is grey. */
  processed: number;
  /** The frame that is shown. */
  value: number;
  /** When that is, in the input. */
  timeMs: number;
  /** Frames that somebody was warned of, in their order. */
  warned?: readonly number[] | undefined;
  onSeek: (index: number) => void;
}

const PAGE = 10;

const NONE: readonly number[] = [];

/**
 * Where something was found, and what was warned of, over the whole input; click, drag or press arrow keys to go there.
 */
export const Timeline = memo(function Timeline(props: TimelineProps): ReactElement {
  const { columns, framesPerColumn, total, processed, value, timeMs, warned = NONE, onSeek } = props;
  const held = useRef(false);
  const shape = useMemo(() => outline(columns), [columns]);
  const frames = Math.max(1, total);
  const last = Math.max(0, processed - 1);

  const seek = (index: number): void => onSeek(Math.min(last, Math.max(0, index)));
  const seekTo = (event: PointerEvent<HTMLDivElement>): void => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    seek(Math.floor(((event.clientX - left) / Math.max(1, width)) * frames));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const targets: Record<string, number> = {
      ArrowLeft: value - 1,
      ArrowDown: value - 1,
      ArrowRight: value + 1,
      ArrowUp: value + 1,
      PageDown: value - PAGE,
      PageUp: value + PAGE,
      Home: 0,
      End: last,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    seek(target);
  };

  return (
    <div
      className="timeline"
      role="slider"
      tabIndex={0}
      aria-label="Timeline"
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={Math.min(value, last)}
      aria-valuetext={`Frame ${value} of ${total}, ${clock(timeMs)}${warned.includes(value) ? ", with a warning" : ""}`}
      aria-disabled={processed === 0}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        if (event.button !== 0 || processed === 0) return;
        held.current = true;
        // A pointer that a script made can't be held.
        if (event.nativeEvent.isTrusted) event.currentTarget.setPointerCapture(event.pointerId);
        seekTo(event);
      }}
      onPointerMove={(event) => held.current && seekTo(event)}
      onPointerUp={() => (held.current = false)}
      onPointerCancel={() => (held.current = false)}
    >
      <svg
        className="timeline__columns"
        viewBox={`0 0 ${frames} 1`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <rect className="timeline__unprocessed" x={processed} y="0" width={Math.max(0, frames - processed)} height="1" />
        <path className="timeline__found" d={shape} transform={`scale(${framesPerColumn} 1)`} />
      </svg>
      {warned.map((index) => (
        <div
          key={index}
          className="timeline__warning"
          title={`Frame ${index}: a warning`}
          style={{ left: `${((index + 0.5) / frames) * 100}%` }}
        />
      ))}
      {processed > 0 && (
        <div className="timeline__playhead" style={{ left: `${((Math.min(value, last) + 0.5) / frames) * 100}%` }} />
      )}
    </div>
  );
});

/** All columns as one shape, one unit wide each, the highest one unit high. */
function outline(columns: readonly number[]): string {
  const most = Math.max(1, ...columns);
  return columns
    .map((count, at) => (count > 0 ? `M${at} 1V${(1 - (0.12 + 0.88 * (count / most))).toFixed(3)}H${at + 1}V1Z` : ""))
    .join("");
}
