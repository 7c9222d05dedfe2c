/**
 * One stream for all tabs of a browser that follow the same messages: one of them leads, and the others follow.
 *
 * A Web Lock says who leads, so there is a new leader as soon as the old one has gone, however it went. The leader has
 * the stream, and says on a BroadcastChannel what comes over it. A follower keeps its own position like any client:
 * to it this is one more transport, above all others, and where the leader is silent it takes one of its own.
 */
import type { MessageOf, RealtimeMessage } from "./messages.ts";
import type { ConnectionInfo } from "./state.ts";
import { BROKEN } from "./transports/request.ts";
import type { Stream, StreamEnd, StreamEvents, Transport } from "./transports/transport.ts";

/** How often a follower asks for the leader until it has answered. */
const ASK_MS = 1_000;

/** What tabs say to each other. */
type Said =
  /** A follower is there. */
  | { kind: "join" }
  /** The leader has a stream, and goes on from where `hello` says; `by` tells one leader from another. */
  | { kind: "hello"; by: string; hello: MessageOf<"hello">; fallback: ConnectionInfo["fallback"] }
  /** It looks for one. */
  | { kind: "wait" }
  | { kind: "message"; message: RealtimeMessage }
  /** It has none. */
  | { kind: "end"; end: StreamEnd };

export interface ShareEvents {
  /** Called first of all, and once more where a follower has become the leader. */
  onRole(leads: boolean): void;
  /** Somebody follows, and asks how things stand: see `tellHello`, `tellWait` and `tellEnd`. */
  onJoin(): void;
  /** The leader has a stream again. */
  onBack(): void;
}

export interface Share {
  /** Follow the leader's stream. */
  readonly transport: Transport;
  readonly leads: boolean;
  /** Why the leader's is not a WebSocket, where it is not. */
  readonly fallback: ConnectionInfo["fallback"];
  tellHello(hello: MessageOf<"hello">, fallback: ConnectionInfo["fallback"]): void;
  tellWait(): void;
  tell(message: RealtimeMessage): void;
  tellEnd(end: StreamEnd): void;
  /** Neither lead nor follow any more. */
  leave(): void;
}

export type OpenShare = (key: string, events: ShareEvents) => Share | null;

/** Share the stream of this key; null where the browser, or an insecure page, has no means for it. */
export const shareBetweenTabs: OpenShare = (key, events) => {
  if (!("locks" in navigator) || typeof BroadcastChannel === "undefined") return null;
  return new TabShare(`transom.stream ${key}`, events);
};

class TabShare implements Share {
  readonly #events: ShareEvents;
  readonly #channel: BroadcastChannel;
  readonly #name = crypto.getRandomValues(new Uint32Array(4)).join("-");
  readonly #leaving = new AbortController();
  #release: () => void = () => undefined;
  #leads = false;
  /** Whether anybody has ever followed: until then nothing has to be said. */
  #isFollowed = false;
  #fallback: ConnectionInfo["fallback"] = null;
  #following: StreamEvents | null = null;
  /** What the leader last said of its stream to the one that follows here. */
  #greeting: string | null = null;

  readonly transport: Transport = {
    // What it is, `hello` says.
    name: "websocket",
    mayHold: false,
    isShared: true,
    open: (_url, events) => this.#follow(events),
  };

  constructor(name: string, events: ShareEvents) {
    this.#events = events;
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }: MessageEvent<Said>) => this.#hear(data);
    void this.#elect(name);
  }

  get leads(): boolean {
    return this.#leads;
  }

  get fallback(): ConnectionInfo["fallback"] {
    return this.#fallback;
  }

  tellHello(hello: MessageOf<"hello">, fallback: ConnectionInfo["fallback"]): void {
    this.#say({ kind: "hello", by: this.#name, hello, fallback });
  }

  tellWait(): void {
    this.#say({ kind: "wait" });
  }

  tell(message: RealtimeMessage): void {
    this.#say({ kind: "message", message });
  }

  tellEnd(end: StreamEnd): void {
    this.#say({ kind: "end", end });
  }

  leave(): void {
    this.#leaving.abort();
    this.#leads = false;
    this.#following = null;
    this.#channel.close();
    this.#release();
  }

  async #elect(name: string): Promise<void> {
    const { locks } = navigator;
    try {
      // Whoever has to wait is told first that it follows.
      const led = await locks.request(name, { ifAvailable: true }, (lock) => (lock === null ? false : this.#lead()));
      if (led || this.#hasLeft) return;
      // Those that followed with it will follow it without a word.
      this.#isFollowed = true;
      this.#events.onRole(false);
      await locks.request(name, { signal: this.#leaving.signal }, () => this.#lead());
    } catch {
      // It left while it waited; or this page may not use locks, and has a stream of its own.
      if (!this.#hasLeft) this.#events.onRole(true);
    }
  }

  get #hasLeft(): boolean {
    return this.#leaving.signal.aborted;
  }

  /** Lead until it leaves. */
  async #lead(): Promise<true> {
    if (this.#hasLeft) return true;
    const left = new Promise<void>((resolve) => (this.#release = resolve));
    this.#leads = true;
    this.#events.onRole(true);
    await left;
    return true;
  }

  #say(said: Said): void {
    if (this.#leads && this.#isFollowed) this.#channel.postMessage(said);
  }

  #hear(said: Said): void {
    if (said.kind === "join") {
      if (!this.#leads) return;
      this.#isFollowed = true;
      this.#events.onJoin();
      return;
    }
    const events = this.#following;
    switch (said.kind) {
      case "hello": {
        const greeting = `${said.by} ${said.hello.payload.transport} ${said.fallback}`;
        if (events === null) this.#events.onBack();
        // It is said to all when somebody has joined, and again where the leader or its stream is another one.
        else if (greeting !== this.#greeting) {
          this.#greeting = greeting;
          this.#fallback = said.fallback;
          events.onText(JSON.stringify(said.hello));
        }
        break;
      }
      case "wait":
        events?.onAlive();
        break;
      case "message":
        // What comes before `hello` is refilled, up to where that says.
        if (this.#greeting !== null) events?.onText(JSON.stringify(said.message));
        break;
      case "end":
        this.#following = null;
        events?.onEnd(said.end);
        break;
    }
  }

  #follow(events: StreamEvents): Stream {
    this.#following = events;
    this.#greeting = null;
    let cancel: () => void = () => undefined;
    const ask = () => {
      if (this.#greeting !== null || this.#following !== events) return;
      this.#channel.postMessage({ kind: "join" } satisfies Said);
      const timer = setTimeout(ask, ASK_MS);
      cancel = () => clearTimeout(timer);
    };
    if (this.#leads || this.#hasLeft) queueMicrotask(() => this.#hear({ kind: "end", end: BROKEN }));
    else ask();
    return {
      send: () => false,
      close: () => {
        cancel();
        if (this.#following === events) this.#following = null;
      },
    };
  }
}
