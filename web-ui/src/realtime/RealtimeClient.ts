/**
 * One stream of messages that stays up: it comes back by itself, goes on where it was, and says nothing twice.
 *
 * Owns when to connect and what to say about it. How a stream is got is `dial.ts`, what is new is `position.ts`.
 */
import { Backoff } from "./backoff.ts";
import { type Clock, systemClock } from "./clock.ts";
import { Dial, type Fallback } from "./dial.ts";
import { CONNECTION_LOST, finalError } from "./endings.ts";
import { idleConnection } from "./initial_state.ts";
import type { ClientMessage, MessageOf, RealtimeMessage } from "./messages.ts";
import { Position } from "./position.ts";
import type { ConnectionInfo, TransportName } from "./state.ts";
import { StreamAddress } from "./stream_address.ts";
import { tabMemory, type TransportMemory } from "./transports/memory.ts";
import { sseTransport } from "./transports/sse.ts";
import type { StreamEnd, Transport } from "./transports/transport.ts";
import { webSocketTransport } from "./transports/websocket.ts";
import { isVisible, watchWake } from "./wake.ts";
import { Watchdog } from "./watchdog.ts";

/** How often a client that has given up tries once more, while somebody looks. */
const LOOK_AGAIN_MS = 60_000;
/** How soon an answer must come when the page has woken up and asks whether the stream still lives. */
const ANSWER_MS = 5_000;

export interface RealtimeError {
  code: string;
  message: string;
  /** The client does not come back by itself. */
  final: boolean;
}

export interface ClientOptions {
  /** In the order in which they are tried. */
  transports?: readonly Transport[];
  clock?: Clock;
  random?: () => number;
  memory?: TransportMemory;
}

export class RealtimeClient {
  readonly #transports: readonly Transport[];
  readonly #clock: Clock;
  readonly #memory: TransportMemory;
  readonly #backoff: Backoff;
  readonly #watchdog: Watchdog;
  readonly #position = new Position();
  readonly #listeners = new Set<() => void>();
  readonly #messageHandlers = new Set<(message: RealtimeMessage) => void>();
  readonly #errorHandlers = new Set<(error: RealtimeError) => void>();
  #info: ConnectionInfo = idleConnection;
  #address: StreamAddress | null = null;
  #dial: Dial | null = null;
  #cancelTimer: () => void = () => undefined;
  #stopWatching: () => void = () => undefined;
  /** The transport that has worked for this client. */
  #proven: TransportName | null = null;
  #unknown = 0;
  /** What the server said was wrong, on the connection that it then closed. */
  #told: RealtimeError | null = null;

  constructor({ transports, clock, random, memory }: ClientOptions = {}) {
    this.#transports = transports ?? [webSocketTransport, sseTransport];
    this.#clock = clock ?? systemClock;
    this.#memory = memory ?? tabMemory;
    this.#backoff = new Backoff(random);
    this.#watchdog = new Watchdog(this.#clock, () => this.#lose());
  }

  /**
   * Follow the stream at this address, with its query: `job_id`, `types`, `since` … as the interface names them.
   * It may be relative, and of any of the schemes http, https, ws and wss. What was followed before is left.
   */
  connect(url: string | URL): void {
    this.disconnect();
    this.#address = new StreamAddress(url);
    this.#position.start(this.#address.since);
    this.#backoff.reset();
    this.#stopWatching = watchWake({
      onNetwork: (online) => {
        this.#become({ offline: !online });
        if (online) this.#wake();
      },
      onVisible: () => this.#wake(),
    });
    this.#become({ offline: !navigator.onLine });
    this.#open();
  }

  /** Leave the stream. Nothing is delivered afterwards, and the client does not come back by itself. */
  disconnect(): void {
    this.#stopWatching();
    this.#release();
    this.#address = null;
    this.#proven = null;
    if (this.#info.status !== "IDLE") this.#become(idleConnection);
  }

  /** Whether data comes through right now. */
  isConnected(): boolean {
    return this.#info.status === "OPEN";
  }

  /** Messages of types that this version does not know, so far: they were passed over. */
  get unknownMessages(): number {
    return this.#unknown;
  }

  /** Try at once, with all attempts before it, where the stream is lost or was given up. */
  reconnect(): void {
    if (this.#address === null || this.#info.status === "OPEN" || this.#info.status === "CONNECTING") return;
    this.#backoff.reset();
    this.#open();
  }

  /**
   * Say something to the server; false where that was not possible. `subscribe` and `unsubscribe` hold over
   * reconnecting, and where the transport carries nothing to the server, it is opened anew for them.
   */
  send(message: ClientMessage): boolean {
    if (this.#address === null) return false;
    if (message.type === "subscribe" && message.payload.since) this.#position.goBack(message.payload.since);
    const changed = this.#address.apply(message);
    if (this.#dial?.send(JSON.stringify(message))) return true;
    if (changed && this.isConnected()) this.#open();
    return changed;
  }

  /** Have every new message handed over, in order; what it returns ends that. Only heartbeats are not among them. */
  onMessage(handler: (message: RealtimeMessage) => void): () => void {
    return added(this.#messageHandlers, handler);
  }

  /** Be told what went wrong: unreadable messages, refusals, a connection that was given up. */
  onError(handler: (error: RealtimeError) => void): () => void {
    return added(this.#errorHandlers, handler);
  }

  /** Have `listener` called whenever `getSnapshot` gives something else. */
  readonly subscribe = (listener: () => void): (() => void) => added(this.#listeners, listener);

  /** How the connection stands; the same object until something changed. */
  readonly getSnapshot = (): ConnectionInfo => this.#info;

  /** The one place where the status changes. */
  #become(change: Partial<ConnectionInfo>): void {
    const next = { ...this.#info, ...change };
    const names = Object.keys(next) as (keyof ConnectionInfo)[];
    if (names.every((name) => next[name] === this.#info[name])) return;
    this.#info = next;
    for (const listener of [...this.#listeners]) guarded(() => listener());
  }

  #release(): void {
    this.#cancelTimer();
    this.#watchdog.stop();
    this.#dial?.close();
    this.#dial = null;
  }

  #open(): void {
    const address = this.#address;
    if (address === null) return;
    this.#release();
    this.#told = null;
    const { transports, fallback } = this.#order(address.origin);
    this.#become({ status: "CONNECTING", attempt: this.#backoff.attempts, retryAt: null });
    const url = () => address.url({ since: this.#position.since, probe: transports.length > 1 });
    this.#dial = new Dial(transports, url, fallback, this.#clock, {
      onHello: (hello, transport, why) => this.#hello(hello, transport, why),
      onMessage: (message) => this.#receive(message),
      onMute: () => {
        this.#watchdog.stop();
        this.#become({ status: "CONNECTING" });
      },
      onAlive: () => this.#watchdog.heard(),
      onInvalid: (code, message) => this.#tell({ code, message, final: false }),
      onUnknown: () => (this.#unknown += 1),
      onEnd: (end) => this.#end(end),
    });
  }

  /** Which transports to try, and why the first is not a WebSocket where it is not. */
  #order(origin: string): { transports: readonly Transport[]; fallback: Fallback } {
    // One that has worked just now failed because the server went: no other has to be tried at the first attempt.
    if (this.#proven === "websocket" && this.#backoff.attempts === 1) {
      const same = this.#transports.filter(({ name }) => name === this.#proven);
      if (same.length > 0) return { transports: same, fallback: null };
    }
    const known = this.#memory.recall(origin, this.#clock.now());
    if (known === null) return { transports: this.#transports, fallback: null };
    const first = this.#transports.filter(({ name }) => name === known.transport);
    const rest = this.#transports.filter(({ name }) => name !== known.transport);
    return { transports: [...first, ...rest], fallback: known.fallback };
  }

  #hello(message: MessageOf<"hello">, transport: TransportName, fallback: Fallback): void {
    const { payload } = message;
    this.#proven = transport;
    if (this.#position.since === null) this.#position.start(payload.cursor);
    this.#watchdog.start(payload.heartbeat_seconds);
    this.#become({ status: "OPEN", transport, fallback, attempt: 0, retryAt: null, error: null });
    const verdict = transport === "websocket" || fallback === null ? null : { transport, fallback };
    if (this.#address !== null) this.#memory.remember(this.#address.origin, verdict, this.#clock.now());
    this.#deliver(message);
  }

  #receive(message: RealtimeMessage): void {
    // A server that says hello and nothing more is not one that works.
    if (this.isConnected()) this.#backoff.reset();
    switch (message.type) {
      case "ping":
        if (message.payload.cursor) this.#position.confirm(message.payload.cursor);
        this.#dial?.send(JSON.stringify({ type: "pong", payload: { timestamp: new Date().toISOString() } }));
        return;
      case "pong":
        return;
      case "reset":
        this.#position.start(message.payload.cursor);
        break;
      case "error":
        if (message.id === undefined) {
          const { error, details } = message.payload;
          this.#told = { code: details?.error_code ?? "REFUSED", message: error, final: false };
          this.#tell(this.#told);
        }
        break;
      default:
        break;
    }
    if (this.#position.take(message)) this.#deliver(message);
  }

  #deliver(message: RealtimeMessage): void {
    for (const handler of [...this.#messageHandlers]) guarded(() => handler(message));
  }

  #tell(error: RealtimeError): void {
    for (const handler of [...this.#errorHandlers]) guarded(() => handler(error));
  }

  /** Nothing came for too long: whatever is there, it carries nothing. */
  #lose(): void {
    this.#end({ code: null, reason: "", final: false });
  }

  #end(end: StreamEnd): void {
    const told = this.#told;
    this.#release();
    if (end.final) {
      this.#close(finalError(end, told));
      return;
    }
    if (this.#address !== null && this.#info.status === "CONNECTING") {
      this.#memory.remember(this.#address.origin, null, this.#clock.now());
    }
    const pause = this.#backoff.next();
    if (pause === null) {
      this.#close(CONNECTION_LOST);
      return;
    }
    this.#become({ status: "RECONNECTING", attempt: this.#backoff.attempts, retryAt: this.#clock.now() + pause });
    this.#cancelTimer = this.#clock.after(pause, () => this.#open());
  }

  #close(error: RealtimeError): void {
    this.#become({ status: "CLOSED", retryAt: null, error });
    this.#tell(error);
    if (!error.final) this.#lookAgain();
  }

  /** One attempt a minute while somebody looks: it has no others behind it, since the backoff is at its end. */
  #lookAgain(): void {
    this.#cancelTimer = this.#clock.after(LOOK_AGAIN_MS, () => (isVisible() ? this.#open() : this.#lookAgain()));
  }

  /** The page is online, or is looked at again. */
  #wake(): void {
    if (this.#info.error?.final) return;
    if (this.isConnected()) {
      // It may have died while this page slept: an answer shows that it has not.
      if (this.#dial?.send(JSON.stringify({ type: "ping", payload: {} }))) this.#watchdog.expect(ANSWER_MS);
      else this.#watchdog.check();
      return;
    }
    this.reconnect();
  }
}

function added<T>(set: Set<T>, entry: T): () => void {
  set.add(entry);
  return () => void set.delete(entry);
}

/** A listener's crash is its own: the others, and the stream, go on. */
function guarded(call: () => void): void {
  try {
    call();
  } catch (error) {
    reportError(error);
  }
}
