import type { ReactElement } from "react";

import type { UploadProgress } from "../../api/upload.ts";
import { Button } from "../../components/Button.tsx";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import { bytes } from "../quantities.ts";
import "./UploadPanel.css";

export interface UploadPanelProps {
  progress: UploadProgress;
  /** What is sent, such as "the file". */
  what: string;
  onCancel: () => void;
}

/** How far it is on its way, and the button that stops it. */
export function UploadPanel({ progress, what, onCancel }: UploadPanelProps): ReactElement {
  const { sentBytes, totalBytes, bytesPerSecond, sent, inPieces = false, fromBytes = 0 } = progress;
  const percent = totalBytes === 0 ? 0 : Math.floor((100 * sentBytes) / totalBytes);
  return (
    <div className="upload-panel">
      <ProgressBar progress={percent} stage={sent ? `Sent. The server checks ${what}` : `Sending ${what}`} />
      <div className="upload-panel__line">
        <span>
          {bytes(sentBytes)} of {bytes(totalBytes)}
          {bytesPerSecond !== null && bytesPerSecond > 0 && ` · ${bytes(bytesPerSecond)}/s`}
        </span>
        <Button onClick={onCancel}>Cancel the upload</Button>
      </div>
      {inPieces && !sent && (
        <p className="upload-panel__hint">
          {fromBytes > 0 && `It goes on where it stopped: ${bytes(fromBytes)} were there. `}
          If this page is closed or loaded again, choose the same file once more: it goes on where it stopped.
        </p>
      )}
    </div>
  );
}
