import type { ReactElement } from "react";

import type { BatchState } from "../../api/batches.ts";
import { type JobStatus, STATUSES } from "../../api/jobs.ts";
import { countOf, endedOf } from "../../api/live_batches.ts";
import { StatusBadge } from "../../components/StatusBadge.tsx";
import { roughly, spent } from "../../components/times.ts";
import { useNow } from "../jobs/useNow.ts";
import { grouped, rate } from "../quantities.ts";
import type { Pace } from "./pace.ts";
import "./RollUpPanel.css";
import { SegmentedBar } from "./SegmentedBar.tsx";

function Fact({ label, children }: { label: string; children: string }): ReactElement {
  return (
    <div className="roll-up__fact">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function share(part: number): string {
  const percent = 100 * part;
  if (percent === 0) return "0 %";
  return percent < 0.1 ? "under 0.1 %" : `${percent >= 10 ? Math.round(percent) : percent.toFixed(1)} %`;
}

/** How fast it goes and how long it will take, as far as that is known. It looks at the clock: nothing else does. */
function Facts({ batch, pace }: { batch: BatchState; pace: Pace }): ReactElement {
  // With the second it shows anew: a pace that does not move falls.
  const now = useNow();
  const began = Date.parse(batch.created_at);
  const ended = endedOf(batch);
  const left = batch.total - ended;
  const failed = batch.failure_rate === null ? "not known yet" : share(batch.failure_rate);
  if (batch.finished_at !== null) {
    const took = Math.max(0, Date.parse(batch.finished_at) - began);
    return (
      <dl className="roll-up__facts">
        <Fact label="Rate, on average">{rate((ended * 1000) / Math.max(1, took)) ?? "none"}</Fact>
        <Fact label="Took">{spent(took)}</Fact>
        <Fact label="Failed">{failed}</Fact>
      </dl>
    );
  }
  const perSecond = pace.perSecond(now);
  return (
    <dl className="roll-up__facts">
      <Fact label="Rate">{perSecond === null ? "not known yet" : (rate(perSecond) ?? "none for a while")}</Fact>
      <Fact label="Time left">
        {left === 0 ? "none" : perSecond === null || perSecond <= 0 ? "not known yet" : `about ${roughly(left / perSecond)}`}
      </Fact>
      <Fact label="Failed">{failed}</Fact>
      <Fact label="Since it was sent">{roughly((now - began) / 1000)}</Fact>
    </dl>
  );
}

export interface RollUpPanelProps {
  batch: BatchState;
  pace: Pace;
  /** Which items are listed; null: all. */
  filter: JobStatus | null;
  onFilter: (status: JobStatus | null) => void;
}

/** The whole of a batch: a bar, its numbers, which choose what is listed, and how it goes. */
export function RollUpPanel({ batch, pace, filter, onFilter }: RollUpPanelProps): ReactElement {
  return (
    <section className="roll-up" aria-label="Roll-up">
      <p className="roll-up__progress">
        <strong className="roll-up__percent">{`${batch.progress} %`}</strong>
        <span>{`${grouped(endedOf(batch))} of ${grouped(batch.total)} ended`}</span>
        {batch.status === "cancelled" && <StatusBadge status="cancelled" />}
      </p>
      <SegmentedBar counts={batch.counts} total={batch.total} progress={batch.progress} />
      <div className="roll-up__counts" role="group" aria-label="Show items by status">
        <button
          type="button"
          className="roll-up__count"
          aria-pressed={filter === null}
          onClick={() => {
            onFilter(null);
          }}
        >
          <span className="roll-up__all">All</span> <strong>{grouped(batch.total)}</strong>
        </button>
        {STATUSES.map((status) => (
          <button
            key={status}
            type="button"
            className="roll-up__count"
            aria-pressed={filter === status}
            data-none={countOf(batch, status) === 0 ? "" : undefined}
            onClick={() => {
              onFilter(filter === status ? null : status);
            }}
          >
            <StatusBadge status={status} /> <strong>{grouped(countOf(batch, status))}</strong>
          </button>
        ))}
      </div>
      <Facts batch={batch} pace={pace} />
    </section>
  );
}
