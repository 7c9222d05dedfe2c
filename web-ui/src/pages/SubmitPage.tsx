import type { ReactElement } from "react";
import { useLocation } from "wouter";

import { useTitle } from "./page.ts";
import { RunningNow } from "./submit/RunningNow.tsx";
import { SubmitForm } from "./submit/SubmitForm.tsx";
import "./SubmitPage.css";

/** Hand in files, and see what runs. */
export function SubmitPage(): ReactElement {
  useTitle("Submit");
  const [, navigate] = useLocation();
  return (
    <main id="content" className="submit-page" tabIndex={-1}>
      <section className="submit-page__form">
        <h1>Submit files</h1>
        <SubmitForm
          onAccepted={(path) => {
            navigate(path);
          }}
        />
      </section>
      <RunningNow />
    </main>
  );
}
