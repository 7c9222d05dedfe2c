import { type ReactElement, useEffect, useMemo, useRef, useState } from "react";
import { Link } from "wouter";

import { wordsFor } from "../api/problems.ts";
import { rootPath, serverPath } from "../api/root.ts";
import { Button } from "../components/Button.tsx";
import { ConnectionLine } from "../components/ConnectionLine.tsx";
import { EmptyState } from "../components/EmptyState.tsx";
import { ErrorState } from "../components/ErrorState.tsx";
import { Skeleton } from "../components/Skeleton.tsx";
import { useRealtimeMessages } from "../realtime/useRealtime.ts";
import { useListKeys } from "./jobs/useListKeys.ts";
import { useKeys } from "./keys.ts";
import { useArrival, useTitle } from "./page.ts";
import { counted } from "./quantities.ts";
import { NewestFrames } from "./wall/newest_frames.ts";
import { columnsFor } from "./wall/slots.ts";
import { useWall } from "./wall/useWall.ts";
import { WallTile } from "./wall/WallTile.tsx";
import "./WallPage.css";

/** One stream brings the frames of all jobs on the wall. */
function Frames({ jobIds, frames }: { jobIds: readonly string[]; frames: NewestFrames }): null {
  useRealtimeMessages({ root: rootPath, jobIds, types: ["frame"] }, (message) => {
    if (message.type === "frame") frames.take(message, performance.now());
  });
  return null;
}

/** Everything that runs, at once: to be looked at from across the room. */
export default function WallPage(): ReactElement {
  useArrival();
  const { wall, list, live } = useWall();
  const [frames] = useState(() => new NewestFrames(serverPath));
  const page = useRef<HTMLElement>(null);
  const tiles = useRef<HTMLUListElement>(null);
  const { places, more } = wall;
  const running = places.filter(({ endedAt }) => endedAt === null);
  useTitle(running.length > 0 ? `${running.length + more} running` : "Wall");
  useListKeys({ table: tiles });

  const isWhole = () => document.fullscreenElement !== null;
  const toggleFullScreen = () => {
    if (isWhole()) void document.exitFullscreen();
    // Where the browser refuses, the page stays as it is.
    else void page.current?.requestFullscreen().catch(() => undefined);
  };
  useKeys({ f: toggleFullScreen });

  // In one order, whatever the places: another order is no other stream.
  const ids = running.map(({ job }) => job.job_id).sort().join(" ");
  const jobIds = useMemo(() => (ids === "" ? [] : ids.split(" ")), [ids]);
  const shownIds = places.map(({ job }) => job.job_id).join(" ");
  useEffect(() => frames.keep(new Set(shownIds.split(" "))), [frames, shownIds]);
  useEffect(() => () => frames.close(), [frames]);

  const words = list.error === null ? null : wordsFor(list.error, "read");
  return (
    <main ref={page} id="content" className="wall-page" tabIndex={-1}>
      <header className="wall-page__head">
        <h1>Wall</h1>
        {list.data !== undefined && <ConnectionLine connection={live.connection} onRetry={live.reconnect} />}
        <Button look="quiet" aria-keyshortcuts="F" title="Only the wall, on the whole screen (F)" onClick={toggleFullScreen}>
          Full screen
        </Button>
      </header>
      {words !== null && (
        <ErrorState
          title={list.data === undefined ? "What runs could not be read" : "What runs could not be read anew"}
          safe={list.data === undefined ? `Your jobs are not affected. ${words.what}` : `${words.what} What is shown is as it was last read.`}
          next={words.next}
          action={<Button onClick={() => void list.refetch()}>Try again</Button>}
        />
      )}
      {list.data === undefined ? (
        words === null && (
          <div role="status" className="wall-page__loading">
            <span className="visually-hidden">Loading what runs</span>
            <Skeleton height="100%" />
          </div>
        )
      ) : places.length === 0 ? (
        <EmptyState title="Nothing runs" action={<Link href="/">Submit a file</Link>}>
          Every job that runs is shown here while it works, with its newest picture. It comes by itself.
        </EmptyState>
      ) : (
        <ul ref={tiles} className="wall" aria-label="Running jobs" data-columns={columnsFor(places.length)}>
          {places.map(({ job }) => (
            <WallTile key={job.job_id} job={job} frames={frames} />
          ))}
        </ul>
      )}
      {more > 0 && (
        <p className="wall-page__more">
          <Link href="/jobs?status=running">{`${counted(more, "more job runs", "more jobs run")}: all of them in the list`}</Link>
        </p>
      )}
      {jobIds.length > 0 && <Frames jobIds={jobIds} frames={frames} />}
    </main>
  );
}
