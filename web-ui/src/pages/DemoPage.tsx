import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { Link } from "wouter";

import { newKey } from "../api/idempotency.ts";
import { submitDemo, useJob } from "../api/jobs.ts";
import { asProblem, wordsFor } from "../api/problems.ts";
import { Button } from "../components/Button.tsx";
import { ErrorState } from "../components/ErrorState.tsx";
import { BreakNetwork } from "./demo/BreakNetwork.tsx";
import { DemoNetwork } from "./demo/network.ts";
import "./DemoPage.css";
import { WatchedJob } from "./job/WatchedJob.tsx";
import { useTitle } from "./page.ts";

/** Which run of the demo this tab watches: a reload goes on watching it, and starts no other. */
const RUN_KEY = "transom_demo_run";

function storedRun(): string {
  const stored = sessionStorage.getItem(RUN_KEY);
  if (stored !== null) return stored;
  const key = newKey();
  sessionStorage.setItem(RUN_KEY, key);
  return key;
}

/** What is seen here, and another run of it once this one has ended: two at a time would only be in each other's way. */
function About({ ended, onRunAgain }: { ended: boolean; onRunAgain: () => void }): ReactElement {
  return (
    <div className="demo-page__about">
      <p>
        Ten seconds of a drawn harbour, run through the plugin <strong>Motion</strong>
        <span className="demo-page__more">: each frame appears with what moves in it as soon as it has been looked at</span>
        . <Link href="/">Try it with a file of your own.</Link>
      </p>
      {ended ? (
        <Button onClick={onRunAgain}>Run it again</Button>
      ) : (
        <p className="demo-page__later">Can be run again when it has ended</p>
      )}
    </div>
  );
}

/** The bundled sample, run and shown, for who has no file at hand. */
export function DemoPage(): ReactElement {
  const [run, setRun] = useState(storedRun);
  const [network] = useState(() => new DemoNetwork());
  // The server makes one job of a key, however often it is asked.
  const jobId = useQuery({ queryKey: ["demo", run], queryFn: () => submitDemo(run), staleTime: Infinity });
  const again = () => {
    const key = newKey();
    sessionStorage.setItem(RUN_KEY, key);
    setRun(key);
  };
  useTitle(jobId.data === undefined ? "Demo" : null);
  const job = useJob(jobId.data ?? null);
  const isGone = job.error !== null && asProblem(job.error).status === 404;
  const words = jobId.error === null ? null : wordsFor(jobId.error, "read");
  return (
    <main id="content" className="demo-page job-page" tabIndex={-1}>
      {(words !== null || isGone || jobId.data === undefined) && <About ended={isGone} onRunAgain={again} />}
      {words !== null ? (
        <div className="demo-page__failure">
          <h1>The demo could not be started</h1>
          <ErrorState
            title={words.title}
            safe={words.what}
            next={words.next}
            code={asProblem(jobId.error).code}
            action={<Button onClick={() => void jobId.refetch()}>Try again</Button>}
          />
        </div>
      ) : isGone ? (
        <div className="demo-page__failure">
          <h1>This run was deleted</h1>
          <p>Its frames and its log went with it. Another run begins from the same sample.</p>
        </div>
      ) : jobId.data === undefined ? (
        <p className="demo-page__failure" role="status">
          Starting the demo
        </p>
      ) : (
        <WatchedJob
          key={jobId.data}
          jobId={jobId.data}
          job={job.data}
          above={(ended) => (
            <>
              <About ended={ended} onRunAgain={again} />
              <BreakNetwork network={network} ended={ended} />
            </>
          )}
          onRunAgain={again}
          createClient={network.newClient}
        />
      )}
    </main>
  );
}
