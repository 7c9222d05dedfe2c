/** When a page has reason to look after its connection: it is online again, or someone looks at it again. */

export interface WakeEvents {
  /** The browser says that it went online or offline. */
  onNetwork: (online: boolean) => void;
  /** The page can be seen again. */
  onVisible: () => void;
}

/** Listens until what it returns is called. */
export function watchWake({ onNetwork, onVisible }: WakeEvents): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  window.addEventListener("online", () => onNetwork(true), { signal });
  window.addEventListener("offline", () => onNetwork(false), { signal });
  // A page that comes back from the back-forward cache has lost its sockets, and became visible without this event.
  window.addEventListener("pageshow", ({ persisted }) => persisted && onVisible(), { signal });
  document.addEventListener("visibilitychange", () => isVisible() && onVisible(), { signal });
  return () => listening.abort();
}

export function isVisible(): boolean {
  return document.visibilityState === "visible";
}
