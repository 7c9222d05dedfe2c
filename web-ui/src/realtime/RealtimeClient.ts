/**
 * One stream of messages that stays up: it comes back by itself, goes on where it was, and says nothing twice.
 *
 * Owns when to connect and what to say about it. How a stream is got is `dial.ts`, which ways are tried is `ladder.ts`,
 * what is new is `position.ts`, and what is read without a stream is `puller.ts`.
 */
import { Arrears } from "./arrears.ts";
import { Backoff } from "./backoff.ts";
import { type Clock, systemClock } from "./clock.ts";
import { CONNECTION_LOST, finalError } from "./endings.ts";
import { Handlers } from "./handlers.ts";
import { idleConnection } from "./initial_state.ts";
import { Ladder, type Rungs } from "./ladder.ts";
import { Line } from "./line.ts";
import type { ClientMessage, MessageOf, RealtimeMessage } from "./messages.ts";
import { Position } from "./position.ts";
import { Puller } from "./puller.ts";
import { type OpenShare, type Share, shareBetweenTabs } from "./shared_stream.ts";
import type { ConnectionInfo, Failing, TransportName } from "./state.ts";
import { StreamAddress } from "./stream_address.ts";
import { poll, tailOf } from "./transports/answers.ts";
import { tabMemory, type TransportMemory } from "./transports/memory.ts";
import { pollTransport } from "./transports/poll.ts";
import { BROKEN } from "./transports/request.ts";
import { ssePostTransport } from "./transports/sse_post.ts";
import { sseTransport } from "./transports/sse.ts";
import type { StreamEnd, Transport } from "./transports/transport.ts";
import { webSocketTransport } from "./transports/websocket.ts";
import { isVisible, watchWake } from "./wake.ts";
import { Watchdog } from "./watchdog.ts";

/** How often a client that has given up tries once more, while somebody looks. */
const LOOK_AGAIN_MS = 60_000;
/** How soon an answer must come when the page has woken up and asks whether the stream still lives. */
const ANSWER_MS = 5_000;
/** How often a client that has not got the best way looks whether it has become free. */
const CLIMB_MS = 4 * 60_000;

/** An answer that its server ends sooner than this was not ended for its age. */
const YOUNG_MS = 1_000;

/** Every way there is, the best first. */
export const LADDER: readonly Transport[] = [webSocketTransport, sseTransport, ssePostTransport, pollTransport];

export interface RealtimeError {
  code: string;
  message: string;
  /** The client does not come back by itself. */
  final: boolean;
}

export interface ClientOptions {
  /** In the order in which they are tried. Where polls are among them, they bridge the time until a stream is good. */
  transports?: readonly Transport[];
  clock?: Clock;
  random?: () => number;
  memory?: TransportMemory;
  /** How tabs share a stream; null where each is to have its own. */
  share?: OpenShare | null;
}

export class RealtimeClient {
  readonly #clock: Clock;
  readonly #ladder: Ladder;
  readonly #backoff: Backoff;
  readonly #watchdog: Watchdog;
  readonly #position = new Position();
  readonly #arrears: Arrears;
  readonly #puller: Puller;
  readonly #openShare: OpenShare | null;
  readonly #listeners = new Handlers<[]>();
  readonly #messageHandlers = new Handlers<[RealtimeMessage]>();
  readonly #errorHandlers = new Handlers<[RealtimeError]>();
  #info: ConnectionInfo = idleConnection;
  #address: StreamAddress | null = null;
  #share: Share | null = null;
  #line: Line | null = null;
  /** One that would be better than the one in use, while it is being tried. */
  #climbing: Line | null = null;
  #hello: MessageOf<"hello"> | null = null;
  #cancelTimer: () => void = () => undefined;
  #cancelClimb: () => void = () => undefined;
  #stopWatching: () => void = () => undefined;
  #openedAt = 0;
  #asking = new AbortController();
  #unknown = 0;
  #gaps = 0;
  /** What the server said was wrong, on the connection that it then closed. */
  #told: RealtimeError | null = null;

  constructor({ transports = LADDER, clock = systemClock, random, memory = tabMemory, share }: ClientOptions = {}) {
    this.#clock = clock;
    this.#ladder = new Ladder(transports, memory, clock);
    this.#backoff = new Backoff(random);
    this.#openShare = share === undefined ? shareBetweenTabs : share;
    this.#arrears = new Arrears(clock, this.#position);
    this.#watchdog = new Watchdog(clock, {
      onSilence: () => this.#lose(),
      onLate: () => void this.#askTail(),
      onLumps: () => this.#stepDown("held"),
    });
    this.#puller = new Puller({
      clock,
      position: this.#position,
      ask: (since, waitSeconds, signal) =>
        this.#address === null ? Promise.reject(new Error("left")) : poll(this.#address.pollUrl({ since, waitSeconds }), signal),
      onMessage: (message) => this.#receive(message),
      onRefused: (end) => this.#end(end),
    });
  }

  /**
   * Follow the stream at this address, with its query: `job_id`, `types`, `since` … as the interface names them.
   * It may be relative, and of any of the schemes http, https, ws and wss. What was followed before is left.
   */
  connect(url: string | URL): void {
    this.disconnect();
    this.#address = new StreamAddress(url);
    this.#position.start(this.#address.since);
    this.#arrears.begin();
    this.#backoff.reset();
    this.#ladder.begin(this.#address.origin);
    this.#stopWatching = watchWake({
      onNetwork: (online) => {
        this.#become({ offline: !online });
        if (online) this.#wake();
      },
      onOtherNetwork: () => {
        this.#ladder.forget();
        this.#climb();
      },
      onVisible: () => this.#wake(),
    });
    this.#become({ offline: !navigator.onLine });
    this.#join();
  }

  /** Leave the stream. Nothing is delivered afterwards, and the client does not come back by itself. */
  disconnect(): void {
    this.#stopWatching();
    this.#release();
    this.#share?.leave();
    this.#share = null;
    this.#address = null;
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

  /** How often the server left messages out, so far: they were read from the log. */
  get gaps(): number {
    return this.#gaps;
  }

  /** Try at once, with all attempts before it, where the stream is lost or was given up. */
  reconnect(): void {
    if (this.#address === null || this.#info.status === "OPEN" || this.#info.status === "CONNECTING") return;
    this.#backoff.reset();
    this.#open();
  }

  /** The network is another one, though no event of the browser says so: what was found of the way no longer holds. */
  networkChanged(): void {
    if (this.#address === null) return;
    this.#ladder.forget();
    this.#ladder.begin(this.#address.origin);
    this.#backoff.reset();
    if (this.isConnected()) this.#climb();
    else this.#open();
  }

  /**
   * Say something to the server; false where that was not possible. `subscribe` and `unsubscribe` hold over
   * reconnecting, and where the transport carries nothing to the server, it is opened anew for them.
   */
  send(message: ClientMessage): boolean {
    if (this.#address === null) return false;
    if (message.type === "subscribe" && message.payload.since) this.#position.goBack(message.payload.since);
    const changed = this.#address.apply(message);
    if (changed) this.#leaveShare();
    if (this.#line?.send(JSON.stringify(message))) return true;
    if (changed && this.isConnected()) this.#open();
    return changed;
  }

  /** Have every new message handed over, in order; what it returns ends that. Only heartbeats are not among them. */
  onMessage(handler: (message: RealtimeMessage) => void): () => void {
    return this.#messageHandlers.add(handler);
  }

  /** Be told what went wrong: unreadable messages, refusals, a connection that was given up. */
  onError(handler: (error: RealtimeError) => void): () => void {
    return this.#errorHandlers.add(handler);
  }

  /** Have `listener` called whenever `getSnapshot` gives something else. */
  readonly subscribe = (listener: () => void): (() => void) => this.#listeners.add(listener);

  /** How the connection stands; the same object until something changed. */
  readonly getSnapshot = (): ConnectionInfo => this.#info;

  /** The one place where the status changes. */
  #become(change: Partial<ConnectionInfo>): void {
    const next = { ...this.#info, ...change };
    const names = Object.keys(next) as (keyof ConnectionInfo)[];
    if (names.every((name) => next[name] === this.#info[name])) return;
    this.#info = next;
    this.#listeners.call();
  }

  /** Find out whether another tab has this stream, and get it from there or from the server. */
  #join(): void {
    const key = this.#address?.key ?? null;
    this.#share = key === null ? null : (this.#openShare?.(key, {
      onRole: (leads) => {
        // A follower that leads from now on has lost nothing: its position is its own.
        if (!leads || this.#info.shared || !this.isConnected()) this.#open({ quietly: true });
        this.#tellHow();
      },
      onJoin: () => this.#tellHow(),
      onBack: () => this.reconnect(),
    }) ?? null);
    if (this.#share === null) this.#open();
    else this.#become({ status: "CONNECTING", attempt: 0, retryAt: null });
  }

  /** Have a stream of its own, since what it follows is no longer what other tabs do. */
  #leaveShare(): void {
    const followed = this.#info.shared;
    this.#share?.leave();
    this.#share = null;
    if (followed) this.#open({ quietly: true });
  }

  #release(): void {
    this.#cancelTimer();
    this.#asking.abort();
    this.#arrears.stop();
    this.#watchdog.stop();
    this.#stopClimbing();
    this.#puller.stop();
    this.#line?.close();
    this.#line = null;
  }

  /** Begin anew; `quietly` where nothing is wrong and nobody has to know. */
  #open({ quietly = false, rungs }: { quietly?: boolean; rungs?: Rungs } = {}): void {
    const address = this.#address;
    if (address === null) return;
    this.#release();
    this.#told = null;
    this.#asking = new AbortController();
    if (!(quietly && this.isConnected())) this.#become({ status: "CONNECTING", attempt: this.#backoff.attempts, retryAt: null });
    if (this.#ladder.polls) this.#puller.bridge();
    this.#line = this.#newLine(rungs ?? this.#ladder.rungs(this.#backoff.attempts));
  }

  /** A stream that is being looked for; it is the one in use, or one that would be better. */
  #newLine({ transports, fallback }: Rungs): Line {
    const share = this.#share;
    const probe = this.#ladder.hasChoice;
    const isUsed = (): boolean => this.#line === line;
    const line: Line = new Line(
      {
        transports: share === null || share.leads ? transports : [share.transport, ...transports],
        url: () => this.#address?.url({ since: this.#position.since, probe }) ?? new URL(document.baseURI),
        probe,
        fallback,
        clock: this.#clock,
        position: this.#position,
        fill: (to) => this.#puller.fill(to),
      },
      {
        onHello: (hello, transport, why) => isUsed() && this.#greet(hello, transport, why),
        onMessage: (message) => this.#receive(message),
        onProven: (hello, transport, why) => this.#proven(line, hello, transport, why),
        onDoubt: () => isUsed() && void this.#askTail(),
        onMute: () => isUsed() && this.#muted(),
        onAlive: () => isUsed() && this.#watchdog.heard(),
        onInvalid: (code, message) => this.#errorHandlers.call({ code, message, final: false }),
        onUnknown: () => (this.#unknown += 1),
        onGap: () => (this.#gaps += 1),
        onStuck: () => (isUsed() ? this.#lose() : this.#noBetter()),
        onEnd: (end) => (isUsed() ? this.#end(end) : this.#noBetter()),
      },
    );
    return line;
  }

  #proven(line: Line, hello: MessageOf<"hello">, transport: Transport, fallback: Failing | null): void {
    if (line === this.#climbing) {
      this.#climbing = null;
      this.#line?.close();
      this.#line = line;
      this.#greet(hello, transport, fallback);
    }
    this.#puller.arrive();
    this.#planClimb();
  }

  #muted(): void {
    this.#watchdog.stop();
    this.#become({ status: "CONNECTING" });
  }

  #greet(hello: MessageOf<"hello">, transport: Transport, fallback: Failing | null): void {
    const { payload } = hello;
    this.#hello = hello;
    this.#openedAt = this.#clock.elapsed();
    this.#watchdog.start(payload.heartbeat_seconds);
    const how = transport.isShared
      ? { transport: payload.transport as TransportName, fallback: this.#share?.fallback ?? null, shared: true }
      : { transport: transport.name, fallback, shared: false };
    if (!transport.isShared) this.#ladder.worked(transport.name, fallback);
    this.#become({ status: "OPEN", ...how, attempt: 0, retryAt: null, error: null });
    this.#tellHow();
    this.#messageHandlers.call(hello);
  }

  #receive(message: RealtimeMessage): void {
    // A server that says hello and nothing more is not one that works.
    if (this.isConnected()) this.#backoff.reset();
    switch (message.type) {
      case "ping":
        this.#pinged(message);
        return;
      case "pong":
        return;
      case "reset":
        if (!this.#position.reset(message.payload.cursor)) return;
        this.#arrears.begin();
        break;
      case "error":
        if (message.id === undefined) {
          const { error, details } = message.payload;
          this.#told = { code: details?.error_code ?? "REFUSED", message: error, final: false };
          this.#errorHandlers.call(this.#told);
        }
        break;
      default:
        break;
    }
    if (!this.#position.take(message)) return;
    this.#share?.tell(message);
    this.#messageHandlers.call(message);
  }

  #pinged(message: MessageOf<"ping">): void {
    const { cursor, tail } = message.payload;
    this.#watchdog.pinged(message.timestamp);
    this.#line?.send(JSON.stringify({ type: "pong", payload: { timestamp: new Date().toISOString() } }));
    // What a stream says that it has written, and has not come, is lost on the way.
    const isWhole = tail == null || !cursor || !this.#position.knows(cursor) || this.#arrears.expect(tail, () => this.#lose());
    if (isWhole && cursor) this.#position.confirm(cursor);
    if (isWhole) this.#share?.tell(message);
  }

  /** Say to those who follow how things stand. */
  #tellHow(): void {
    const share = this.#share;
    const { since } = this.#position;
    const { status, transport, fallback, error } = this.#info;
    if (!share?.leads) return;
    if (status === "OPEN" && since !== null && transport !== null && this.#hello !== null) {
      const payload = { ...this.#hello.payload, cursor: since, transport };
      share.tellHello({ ...this.#hello, payload }, fallback);
    } else if (status === "CONNECTING") share.tellWait();
    else share.tellEnd({ code: 1013, reason: error?.message ?? "", final: error?.final ?? false });
  }

  /** Where pings are late, ask whether there was anything to bring. */
  async #askTail(): Promise<void> {
    const address = this.#address;
    const { signal } = this.#asking;
    if (address === null) return;
    const told = await tailOf(address.tailUrl(), signal).catch(() => null);
    // Whoever can't be asked can't be reached at all, or can't answer: silence will show.
    if (told === null || signal.aborted || this.#position.since === null) return;
    const isSame = told.epoch === null || this.#position.knows(`${told.epoch}-0`);
    if (!isSame) this.#lose();
    else this.#arrears.expect(told.tail, () => this.#stepDown("mute"));
  }

  /** The stream looks open, and is no good: go on by the next way, at once. */
  #stepDown(why: Failing): void {
    const { transport, fallback, shared } = this.#info;
    if (!this.isConnected()) return;
    this.#ladder.forget();
    if (shared) this.#leaveShare();
    else this.#open({ rungs: { transports: this.#ladder.below(transport), fallback: fallback ?? why } });
  }

  /** Nothing came for too long, or something was lost: whatever is there, it is no good. */
  #lose(): void {
    this.#end(BROKEN);
  }

  #end(end: StreamEnd): void {
    const told = this.#told;
    const wasOpen = this.isConnected();
    const { shared } = this.#info;
    this.#release();
    if (end.final) {
      this.#close(finalError(end, told));
      return;
    }
    if (end.planned && this.#clock.elapsed() - this.#openedAt > YOUNG_MS) {
      this.#open({ quietly: true });
      return;
    }
    if (!wasOpen) this.#ladder.forget();
    else if (end.code === null && !shared && this.#ladder.wasCut()) {
      this.#open();
      return;
    }
    const pause = this.#backoff.next();
    if (pause === null) {
      this.#close(CONNECTION_LOST);
      return;
    }
    this.#become({ status: "RECONNECTING", attempt: this.#backoff.attempts, retryAt: this.#clock.now() + pause });
    this.#tellHow();
    this.#cancelTimer = this.#clock.after(pause, () => this.#open());
  }

  #close(error: RealtimeError): void {
    this.#become({ status: "CLOSED", retryAt: null, error });
    this.#tellHow();
    this.#errorHandlers.call(error);
    if (!error.final) this.#lookAgain();
    else this.#share?.leave();
  }

  /** One attempt a minute while somebody looks: it has no others behind it, since the backoff is at its end. */
  #lookAgain(): void {
    this.#cancelTimer = this.#clock.after(LOOK_AGAIN_MS, () => (isVisible() ? this.#open() : this.#lookAgain()));
  }

  /** Look for a better way now and then, where there is one. */
  #planClimb(): void {
    this.#cancelClimb();
    this.#cancelClimb = this.#clock.after(CLIMB_MS, () => this.#climb());
  }

  /** Try what is better while the stream goes on; it is changed once the other has shown that it is good. */
  #climb(): void {
    const { transport, shared } = this.#info;
    if (!this.isConnected() || transport === null || shared || this.#climbing !== null) return;
    const transports = this.#ladder.above(transport);
    if (transports.length > 0) this.#climbing = this.#newLine({ transports, fallback: null });
  }

  /** What would be better is still no good. */
  #noBetter(): void {
    const { transport, fallback } = this.#info;
    this.#stopClimbing();
    if (transport !== null) this.#ladder.worked(transport, fallback);
    this.#planClimb();
  }

  #stopClimbing(): void {
    this.#cancelClimb();
    this.#climbing?.close();
    this.#climbing = null;
  }

  /** The page is online, or is looked at again. */
  #wake(): void {
    if (this.#info.error?.final) return;
    if (this.isConnected()) {
      // It may have died while this page slept: an answer shows that it has not.
      if (this.#line?.send(JSON.stringify({ type: "ping", payload: {} }))) this.#watchdog.expect(ANSWER_MS);
      else this.#watchdog.check();
      return;
    }
    this.reconnect();
  }
}
