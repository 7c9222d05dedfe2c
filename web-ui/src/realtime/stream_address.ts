/** The address of a stream: what it is asked for, and how that changes while it runs. */
import type { ClientMessage } from "./messages.ts";

/** Time between two pings that is asked for: a page should notice within seconds that it was cut off. */
const HEARTBEAT_SECONDS = 10;

/** The parts of a query that say which messages are wanted. */
const WANTED: ReadonlySet<string> = new Set(["job_id", "batch_id", "types"]);

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

  /** What is asked for, the same in every tab that asks for the same; null where it can't be shared. */
  get key(): string | null {
    if (this.#url.searchParams.has("ticket")) return null;
    const named = [...this.#url.searchParams].filter(([name]) => WANTED.has(name));
    const wanted = named.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).toSorted();
    return `${this.#url.origin}${this.#url.pathname}?${wanted.join("&")}`;
  }

  /** The address for one poll. */
  pollUrl({ since, waitSeconds }: { since: string | null; waitSeconds: number }): URL {
    const url = this.url({ since, probe: false });
    url.searchParams.set("transport", "poll");
    url.searchParams.set("wait", String(waitSeconds));
    // The server closes a session's oldest connection where it has too many: a poll is never counted with streams.
    url.searchParams.set("session_id", `${url.searchParams.get("session_id")?.slice(0, 60) ?? ""}.p`);
    return url;
  }

  /** Where the server says how far the log goes for this query. */
  tailUrl(): URL {
    const url = new URL(this.#url);
    url.pathname += "/tail";
    return url;
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
