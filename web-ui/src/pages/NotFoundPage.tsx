import type { ReactElement } from "react";
import { Link } from "wouter";

import { useTitle } from "./page.ts";
import "./NotFoundPage.css";

/** An address that no page has. */
export function NotFoundPage(): ReactElement {
  useTitle("Not found");
  return (
    <main id="content" className="not-found-page" tabIndex={-1}>
      <h1>There is no page at this address</h1>
      <p className="not-found-page__why">It may be cut off, or out of date. Jobs, frames and results are where they were.</p>
      <p className="not-found-page__ways">
        <Link href="/jobs">All jobs</Link>
        <Link href="/">Submit a file</Link>
        <Link href="/demo">Watch the demo</Link>
      </p>
    </main>
  );
}
