import type { ReactElement } from "react";

import type { Detection } from "./frame/detections.ts";
import "./DetectionDetails.css";
import { Swatch } from "./Swatch.tsx";

/** All that is known of the detection that is looked at; always in the same corner, so that it hides little. */
export function DetectionDetails({ detection }: { detection: Detection }): ReactElement {
  const { box, label, score, track, text, tool } = detection;
  return (
    <div className="detection-details">
      <p className="detection-details__label">
        <Swatch label={label} />
        {label}
        <span>{score.toFixed(2)}</span>
      </p>
      {text !== null && <p>{`“${text}”`}</p>}
      <p className="detection-details__more">
        {[
          track === null ? null : `track ${track}`,
          `${Math.round(box.x2 - box.x1)} × ${Math.round(box.y2 - box.y1)} at ${Math.round(box.x1)}, ${Math.round(box.y1)}`,
          tool,
        ]
          .filter((part) => part !== null)
          .join(" · ")}
      </p>
    </div>
  );
}
