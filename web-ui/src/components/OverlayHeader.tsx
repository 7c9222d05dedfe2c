import type { ReactElement, ReactNode } from "react";

import type { RealtimeState } from "../realtime/state.ts";
import { ConnectionLine } from "./ConnectionLine.tsx";
import { IconButton } from "./IconButton.tsx";
import { BackIcon, CloseIcon } from "./icons.tsx";
import "./OverlayHeader.css";
import { StatusBadge } from "./StatusBadge.tsx";

export interface OverlayHeaderProps {
  state: Pick<RealtimeState, "status" | "ended" | "connection">;
  title: ReactNode;
  actions?: ReactNode;
  /** Where closing leads to, such as "Back to jobs". */
  closeLabel?: string | undefined;
  onClose: () => void;
  onRetry?: (() => void) | undefined;
  now?: number | undefined;
}

/** What is watched, how it stands, and whether that is live. */
export function OverlayHeader(props: OverlayHeaderProps): ReactElement {
  const { state, title, actions, closeLabel, onClose, onRetry, now } = props;
  return (
    <header className="overlay-header">
      {closeLabel !== undefined && <IconButton label={closeLabel} icon={<BackIcon />} onClick={onClose} />}
      <div className="overlay-header__title">{typeof title === "string" ? <h1>{title}</h1> : title}</div>
      {state.status !== null && <StatusBadge status={state.status} />}
      {/* Nothing follows a job's end: how it would come is of no interest then. */}
      {!state.ended && <ConnectionLine connection={state.connection} onRetry={onRetry} now={now} />}
      <div className="overlay-header__actions">
        {actions}
        {closeLabel === undefined && <IconButton label="Close" shortcut="Escape" icon={<CloseIcon />} onClick={onClose} />}
      </div>
    </header>
  );
}
