/** The overlay on a replayed job: all of the product between the socket and the pixels. */
import "../../../src/styles/tokens.css";
import "../../../src/styles/base.css";

import { createRoot } from "react-dom/client";

import { RealtimeOverlay } from "../../../src/components/RealtimeOverlay.tsx";
import { RealtimeProvider, useRealtimeContext } from "../../../src/realtime/RealtimeContext.tsx";
import type { JobSnapshot } from "../../../src/realtime/state.ts";

const snapshot: JobSnapshot = {
  jobId: "replayed",
  status: "running",
  attempt: 1,
  deviceRequested: "cpu",
  deviceUsed: "cpu",
  fallbackReason: null,
  progress: 0,
  stage: null,
  pluginTimings: null,
  error: null,
  cursor: "replay-0",
};

let blocking: number[] = [];
new PerformanceObserver((list) => {
  blocking.push(...list.getEntries().map(({ duration }) => duration - 50));
}).observe({ type: "longtask" });

function Exposed(): null {
  const store = useRealtimeContext();
  window.replay = {
    takeBlockingTimes: () => {
      const taken = blocking;
      blocking = [];
      return taken;
    },
    state: () => store.state,
  };
  return null;
}

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no element #root.");
root.style.height = "100vh";
createRoot(root).render(
  <RealtimeProvider
    jobId={snapshot.jobId}
    root=""
    readSnapshot={() => Promise.resolve(snapshot)}
    readHistory={() => Promise.resolve([])}
  >
    <Exposed />
    <RealtimeOverlay isVisible title="Replay" onClose={() => undefined} />
  </RealtimeProvider>,
);
