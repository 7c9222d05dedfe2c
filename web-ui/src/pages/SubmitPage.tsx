import type { ReactElement } from "react";
import { useLocation } from "wouter";

import { useTitle } from "./page.ts";
import { RunningNow } from "./submit/RunningNow.tsx";
import { SubmitForm } from "./submit/SubmitForm.tsx";
import "./SubmitPage.css";

/** Hand in a file, and see what runs. */
export function SubmitPage(): ReactElement {
  useTitle("Submit");
  const [, navigate] = useLocation();
  return (
    <main id="content" className="submit-page" tabIndex={-1}>
      <section className="submit-page__form">
        <h1>Submit a file</h1>
        <SubmitForm
          onAccepted={(jobId) => {
            navigate(`/jobs/${jobId}`);
          }}
        />
      </section>
      <RunningNow />
    </main>
  );
}
