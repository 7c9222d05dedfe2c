/** The address of a stream: what it is asked for, and how that changes while it runs. */
import type { ClientMessage } from "./messages.ts";

/** Time between two pings that is asked for: a page should notice within seconds that it was cut off. */
const HEARTBEAT_SECONDS = 10;

export class StreamAddress {
  readonly #url: URL;

  constructor(url: string | URL) {
    this.#url = new URL(url, document.baseURI);
    this.#url.protocol = this.#url.protocol.replace(/^ws/, "http");
    const query = this.#url.searchParams;
    if (!query.has("heartbeat")) query.set("heartbeat", String(HEARTBEAT_SECONDS));
    if (!query.has("session_id")) query.set("session_id", newSessionId());
  }

  get origin(): string {
    return this.#url.origin;
  }

  /** Where the stream is to begin, as a cursor; null where that is `start` or `now`. */
  get since(): string | null {
    const since = this.#url.searchParams.get("since");
    return since === "start" || since === "now" ? null : since;
  }

  /** The address for one try. */
  url({ since, probe }: { since: string | null; probe: boolean }): URL {
    const url = new URL(this.#url);
    if (since !== null) url.searchParams.set("since", since);
    if (probe) url.searchParams.set("probe", "1");
    return url;
  }

  /** Take a change of the subscription in; false where the message is none. */
  apply(message: ClientMessage): boolean {
    const query = this.#url.searchParams;
    if (message.type === "subscribe") {
      if (!query.has("job_id", message.payload.job_id)) query.append("job_id", message.payload.job_id);
      return true;
    }
    if (message.type === "unsubscribe") {
      query.delete("job_id", message.payload.job_id);
      return true;
    }
    return false;
  }
}

/** One a client: the server counts connections by it. `randomUUID` is for secure pages only, and this is not. */
function newSessionId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
