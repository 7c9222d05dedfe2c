import type { ReactElement } from "react";

import type { ConnectionInfo } from "../realtime/state.ts";
import { Button } from "./Button.tsx";
import { connectionWords } from "./connection_words.ts";
import "./ConnectionLine.css";
import { ErrorIcon, LiveIcon, OfflineIcon, WaitIcon } from "./icons.tsx";
import { useNow } from "./now.ts";

export interface ConnectionLineProps {
  connection: ConnectionInfo;
  /** Try to connect at once; without it there is no button. */
  onRetry?: (() => void) | undefined;
  /** Epoch milliseconds; the browser's own clock where it is left out. */
  now?: number | undefined;
}

/** Whether what is seen is live, and if not, why and what happens next. */
export function ConnectionLine({ connection, onRetry, now }: ConnectionLineProps): ReactElement {
  const time = useNow(now, connection.status === "RECONNECTING");
  const { tone, text, countdown, more, canRetry } = connectionWords(connection, time);
  return (
    <div className="connection-line" data-tone={tone} data-status={connection.status}>
      <p className="connection-line__words" role="status">
        {icon(connection, tone)}
        <span>
          {text}
          {/* A countdown read aloud every second helps nobody. */}
          {countdown !== undefined && <span aria-hidden="true">{` ${countdown}`}</span>}
          {more !== undefined && ` ${more}`}
        </span>
      </p>
      {canRetry && onRetry !== undefined && (
        <Button className="connection-line__retry" onClick={onRetry}>
          Try now
        </Button>
      )}
    </div>
  );
}

function icon({ offline }: ConnectionInfo, tone: string): ReactElement {
  if (offline) return <OfflineIcon />;
  if (tone === "live") return <LiveIcon />;
  return tone === "error" ? <ErrorIcon /> : <WaitIcon />;
}
