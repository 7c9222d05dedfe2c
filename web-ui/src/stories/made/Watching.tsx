import { useState, type ReactElement, type ReactNode } from "react";

import { RealtimeContext } from "../../realtime/RealtimeContext.tsx";
import type { RealtimeState } from "../../realtime/state.ts";
import { createStore } from "../../realtime/store.ts";
import "./Watching.css";

/** What is below it watches a made job, and fills the window. */
export function Watching({ state, children }: { state: RealtimeState; children: ReactNode }): ReactElement {
  const [store] = useState(() => createStore({ state }));
  return (
    <RealtimeContext value={store}>
      <main className="watching">{children}</main>
    </RealtimeContext>
  );
}
