/** The pages of Transom, and what is around them. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, type ReactElement, Suspense, useState } from "react";
import { Route, Router, Switch } from "wouter";

import { asProblem } from "./api/problems.ts";
import { rootPath } from "./api/root.ts";
import "./App.css";
import { BatchesPage } from "./pages/BatchesPage.tsx";
import { BatchPage } from "./pages/BatchPage.tsx";
import { DemoPage } from "./pages/DemoPage.tsx";
import { JobPage } from "./pages/JobPage.tsx";
import { JobsPage } from "./pages/JobsPage.tsx";
import { useKeys } from "./pages/keys.ts";
import { NotFoundPage } from "./pages/NotFoundPage.tsx";
import { Endings } from "./pages/notices/Endings.tsx";
import { useFocusOnNavigation } from "./pages/page.ts";
import { KeyboardHelp } from "./pages/shell/KeyboardHelp.tsx";
import { TopBar } from "./pages/shell/TopBar.tsx";
import { useLook } from "./pages/shell/useLook.ts";
import { SubmitPage } from "./pages/SubmitPage.tsx";

/** Pages that few come to first are loaded when they are come to. */
const WallPage = lazy(() => import("./pages/WallPage.tsx"));

/** A call that may succeed later is made again so often, with growing pauses. */
const MAX_RETRIES = 3;

/** What was read from the server; one for all pages. */
function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: (failures, error) => asProblem(error).retryable && failures < MAX_RETRIES },
    },
  });
}

function Pages(): ReactElement {
  useLook();
  useFocusOnNavigation();
  const [helpIsOpen, setHelpOpen] = useState(false);
  const showHelp = () => setHelpOpen(true);
  useKeys({ "?": showHelp });
  return (
    <div className="app">
      <TopBar onHelp={showHelp} />
      <Switch>
        <Route path="/" component={SubmitPage} />
        <Route path="/jobs" component={JobsPage} />
        <Route path="/jobs/:id">{({ id }) => <JobPage key={id} jobId={id} />}</Route>
        <Route path="/batches" component={BatchesPage} />
        <Route path="/batches/:id">{({ id }) => <BatchPage key={id} batchId={id} />}</Route>
        <Route path="/wall">
          <Suspense fallback={<main id="content" aria-busy="true" />}>
            <WallPage />
          </Suspense>
        </Route>
        <Route path="/demo" component={DemoPage} />
        <Route component={NotFoundPage} />
      </Switch>
      <Endings />
      <KeyboardHelp open={helpIsOpen} onOpenChange={setHelpOpen} />
    </div>
  );
}

/** All of it. */
export function App(): ReactElement {
  const [queries] = useState(newQueryClient);
  return (
    <QueryClientProvider client={queries}>
      <Router base={rootPath}>
        <Pages />
      </Router>
    </QueryClientProvider>
  );
}
