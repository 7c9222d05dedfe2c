import { type ReactElement, useEffect, useSyncExternalStore } from "react";

import { wordsFor } from "../../api/problems.ts";
import { NetworkPanel } from "../../components/NetworkPanel.tsx";
import type { DemoNetwork } from "./network.ts";

/** The switch, and the counters that show what became of the messages. */
export function BreakNetwork({ network, ended }: { network: DemoNetwork; ended: boolean }): ReactElement {
  const { habit, connection, since, counts, failure } = useSyncExternalStore(network.subscribe, network.getSnapshot);
  useEffect(() => network.start(), [network]);
  const words = failure === null ? null : wordsFor(failure, "read");
  return (
    <NetworkPanel
      habit={habit}
      onChoose={network.choose}
      connection={connection}
      since={since}
      counts={counts}
      failure={words === null ? undefined : `The network could not be broken: ${words.what} ${words.next}`}
      // While the job runs, its header says it.
      speaks={ended}
    />
  );
}
