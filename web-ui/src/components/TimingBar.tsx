import type { ReactElement } from "react";

import { spent } from "./times.ts";
import "./TimingBar.css";

export interface TimingBarProps {
  /** Whose time it is, for a screen reader. */
  name: string;
  /** Shown before the bar, where the name is not clear from what stands around it. */
  label?: string | undefined;
  ms: number;
  /** What it took that time for. */
  of: "a frame" | "in all";
  /** What fills the track, the same for all that are compared; null where there is nothing to compare with. */
  longest: number | null;
  /** What 95 in 100 frames took no longer than: marked in the track. */
  p95?: number | undefined;
}

/** A time on a scale that all bars beside it share, with the mark that slow frames reach. */
export function TimingBar({ name, label, ms, of, longest, p95 }: TimingBarProps): ReactElement {
  const share = (part: number): string => `${longest !== null && longest > 0 ? Math.min(1, part / longest) * 100 : 0}%`;
  const words = p95 === undefined ? `${spent(ms)} ${of}` : `${spent(ms)} ${of}, 95 in 100 took no longer than ${spent(p95)}`;
  return (
    <div className="timing-bar" title={p95 === undefined ? undefined : `On average ${words} (of the last 200)`}>
      {label !== undefined && <span className="timing-bar__label">{label}</span>}
      {longest !== null && (
        <div
          className="timing-bar__track"
          role="meter"
          aria-label={name}
          aria-valuemin={0}
          aria-valuemax={Math.max(longest, ms)}
          aria-valuenow={ms}
          aria-valuetext={words}
        >
          <div className="timing-bar__fill" style={{ width: share(ms) }} />
          {p95 !== undefined && longest > 0 && <div className="timing-bar__mark" style={{ left: share(p95) }} />}
        </div>
      )}
      <span className="timing-bar__ms">
        <span>{spent(ms)}</span> <span className="timing-bar__of">{of}</span>
      </span>
      {p95 !== undefined && <span className="timing-bar__p95">{`p95 ${spent(p95)}`}</span>}
    </div>
  );
}
