import { type ReactElement, useEffect, useState } from "react";

import type { JobSummary } from "../../api/jobs.ts";
import { FileIcon, FilmIcon, PictureIcon } from "../../components/icons.tsx";
import { type InputKind, kindOf, pictureOf } from "./pictures.ts";
import "./Thumbnail.css";

/** A row that was there for so long is looked at; what is scrolled past is not asked for. */
const REST_MS = 150;

const ICONS: Record<InputKind, () => ReactElement> = { image: PictureIcon, video: FilmIcon, unknown: FileIcon };

/** What nobody waits for any more is not read to its end: the rows that one scrolled to come first. */
function abortedWithRow(image: HTMLImageElement | null): () => void {
  return () => {
    if (image !== null && !image.complete) image.removeAttribute("src");
  };
}

/** What the item looks like, once the row stays where it is; its kind where there is no picture. The place is one size. */
export function Thumbnail({ job }: { job: JobSummary | null }): ReactElement {
  const [hasRested, setRested] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setRested(true), REST_MS);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  const [isShown, setShown] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const source = pictureOf(job);
  // A picture that was not there yet is asked for again when the job has gone on.
  const asked = `${job?.status} ${source}`;
  const Icon = ICONS[kindOf(job)];
  return (
    <span className="thumbnail" data-shown={isShown ? "" : undefined}>
      <Icon />
      {hasRested && source !== null && asked !== failed && (
        <img
          ref={abortedWithRow}
          src={source}
          alt=""
          width="56"
          height="42"
          loading="lazy"
          decoding="async"
          onLoad={() => setShown(true)}
          onError={() => {
            setShown(false);
            setFailed(asked);
          }}
        />
      )}
    </span>
  );
}
