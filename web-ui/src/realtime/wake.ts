/** When a page has reason to look after its connection: it is online again, or someone looks at it again. */

export interface WakeEvents {
  /** The browser says that it went online or offline. */
  onNetwork: (online: boolean) => void;
  /** It is another network: what was found of the way to the server no longer holds. */
  onOtherNetwork: () => void;
  /** The page can be seen again. */
  onVisible: () => void;
}

/** Listens until what it returns is called. */
export function watchWake({ onNetwork, onOtherNetwork, onVisible }: WakeEvents): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  window.addEventListener("online", () => onNetwork(true), { signal });
  window.addEventListener("online", onOtherNetwork, { signal });
  // Not every browser has it, and the types know none.
  const connection: unknown = Reflect.get(navigator, "connection");
  if (connection instanceof EventTarget) connection.addEventListener("change", onOtherNetwork, { signal });
  window.addEventListener("offline", () => onNetwork(false), { signal });
  // A page that comes back from the back-forward cache has lost its sockets, and became visible without this event.
  window.addEventListener("pageshow", ({ persisted }) => persisted && onVisible(), { signal });
  document.addEventListener("visibilitychange", () => isVisible() && onVisible(), { signal });
  return () => listening.abort();
}

export function isVisible(): boolean {
  return document.visibilityState === "visible";
}
