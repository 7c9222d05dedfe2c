import { useEffect, useSyncExternalStore } from "react";

import type { Recording } from "./recording.ts";

/** Renders the component again whenever something of the recording changed. */
export function useVersion(recording: Recording | undefined): number {
  return useSyncExternalStore(
    (listener) => recording?.subscribe(listener) ?? (() => undefined),
    () => recording?.getVersion() ?? 0,
  );
}

/** Asks for the frames around one; null asks for none. */
export function useLoaded(recording: Recording | undefined, index: number | null): void {
  useEffect(() => {
    if (index !== null) recording?.load(index);
  }, [recording, index]);
}
