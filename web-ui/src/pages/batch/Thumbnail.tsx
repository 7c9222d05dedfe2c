import { type ReactElement, useState } from "react";

import { inputUrl, previewUrl } from "../../api/downloads.ts";
import type { JobSummary } from "../../api/jobs.ts";

/** Where a picture of the job may be, the smallest first: the preview of its first frame, and an image itself. */
function placesOf(job: JobSummary | null): readonly string[] {
  if (job === null || job.status === "queued" || job.status === "running") return [];
  const own = job.input_type === "image" ? [inputUrl(job.job_id)] : [];
  // A job that failed may have no preview at all.
  return job.status === "done" ? [previewUrl(job.job_id, 0), ...own] : own;
}

/** What the item looks like, read when it is scrolled to. Its place is kept where there is nothing to show. */
export function Thumbnail({ job }: { job: JobSummary | null }): ReactElement {
  const places = placesOf(job);
  const [failed, setFailed] = useState<readonly string[]>([]);
  const source = places.find((place) => !failed.includes(place));
  return (
    <span className="item-row__picture">
      {source !== undefined && (
        <img
          key={source}
          src={source}
          alt=""
          loading="lazy"
          decoding="async"
          onError={() => {
            setFailed((before) => [...before, source]);
          }}
        />
      )}
    </span>
  );
}
