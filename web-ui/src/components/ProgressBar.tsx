import type { ReactElement } from "react";

import "./ProgressBar.css";

export interface ProgressBarProps {
  /** 0 to 100; what lies outside counts as the nearer end. */
  progress: number;
  stage?: string | undefined;
  plugin?: string | undefined;
  id?: string | undefined;
  /** It will not move any more, and has not the colour of what does. */
  ended?: boolean | undefined;
}

/** How far something is: measured, never guessed. It moves by a transform, and jumps where less motion is asked for. */
export function ProgressBar({ progress, stage, plugin, id, ended = false }: ProgressBarProps): ReactElement {
  const percent = Number.isFinite(progress) ? Math.min(100, Math.max(0, progress)) : 0;
  const shown = Math.floor(percent);
  const text = [`${shown} %`, plugin, stage].filter(Boolean).join(", ");
  return (
    <div className="progress-bar" data-ended={ended || undefined}>
      <div
        id={id}
        className="progress-bar__track"
        role="progressbar"
        aria-label="Progress"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={shown}
        aria-valuetext={text}
      >
        <div className="progress-bar__fill" style={{ transform: `scaleX(${percent / 100})` }} />
      </div>
      <div className="progress-bar__text" aria-hidden="true">
        <span className="progress-bar__percent">{`${shown} %`}</span>
        {plugin !== undefined && <span className="progress-bar__plugin">{plugin}</span>}
        {stage !== undefined && <span className="progress-bar__stage">{stage}</span>}
      </div>
    </div>
  );
}
