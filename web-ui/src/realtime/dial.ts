/**
 * One try to get a stream: transports one after the other, until data comes through one of them.
 *
 * What counts is data, not that something opened: proxies accept upgrades and then say nothing, or let the first
 * message through and hold back the rest. So a transport has to bring `hello` in time, and then a second message,
 * which the server sends early where it is asked to (`probe`).
 */
import type { Clock } from "./clock.ts";
import { type MessageOf, parseMessage, type ParseErrorCode, type RealtimeMessage } from "./messages.ts";
import type { ConnectionInfo, TransportName } from "./state.ts";
import type { Stream, StreamEnd, Transport } from "./transports/transport.ts";

/** How long a transport may stay mute while there is another one to try. */
const MUTE_MS = 2_500;
/** How long the last one may. */
const LAST_MUTE_MS = 10_000;

export type Fallback = ConnectionInfo["fallback"];

export interface DialEvents {
  /** A transport brought its first message. */
  onHello(hello: MessageOf<"hello">, transport: TransportName, fallback: Fallback): void;
  /** Every other message; those before `hello` say why there will be none. */
  onMessage(message: RealtimeMessage): void;
  /** The transport that brought `hello` brought nothing else; the next one is tried. */
  onMute(): void;
  /** Something came, whatever it was. */
  onAlive(): void;
  onInvalid(code: ParseErrorCode, detail: string): void;
  /** A type of message that this version does not know. */
  onUnknown(): void;
  /** It is over, or never began; called once and last. */
  onEnd(end: StreamEnd): void;
}

export class Dial {
  readonly #transports: readonly Transport[];
  readonly #url: () => URL;
  readonly #clock: Clock;
  readonly #events: DialEvents;
  #rung = -1;
  #stream: Stream | null = null;
  #hello = false;
  #proven = false;
  #fallback: Fallback;
  #cancelVerdict: () => void = () => undefined;

  /** `url` is asked for each transport; `fallback` is why the first is not a WebSocket, where it is not. */
  constructor(transports: readonly Transport[], url: () => URL, fallback: Fallback, clock: Clock, events: DialEvents) {
    this.#transports = transports;
    this.#url = url;
    this.#fallback = fallback;
    this.#clock = clock;
    this.#events = events;
    this.#next({ code: null, reason: "", final: false });
  }

  /** Say something to the server; false where nothing carries it. */
  send(text: string): boolean {
    return this.#stream?.send(text) ?? false;
  }

  /** End it; no event follows. */
  close(): void {
    this.#cancelVerdict();
    this.#stream?.close();
    this.#stream = null;
  }

  get #isLast(): boolean {
    return this.#rung >= this.#transports.length - 1;
  }

  #next(last: StreamEnd): void {
    this.#rung += 1;
    this.#hello = this.#proven = false;
    const transport = this.#transports[this.#rung];
    if (transport === undefined) {
      this.#stream = null;
      this.#events.onEnd(last);
      return;
    }
    this.#expect(this.#isLast ? LAST_MUTE_MS : MUTE_MS);
    this.#stream = transport.open(this.#url(), {
      onText: (text) => this.#read(text, transport.name),
      onAlive: () => this.#events.onAlive(),
      onEnd: (end) => this.#end(end),
    });
  }

  #expect(withinMs: number): void {
    this.#cancelVerdict();
    this.#cancelVerdict = this.#clock.after(withinMs, () => {
      this.#stream?.close();
      this.#fallback = "mute";
      if (this.#hello) this.#events.onMute();
      this.#next({ code: null, reason: "", final: false });
    });
  }

  #read(text: string, transport: TransportName): void {
    this.#events.onAlive();
    const parsed = parseMessage(text);
    if (parsed.kind === "invalid") this.#events.onInvalid(parsed.code, parsed.detail);
    if (parsed.kind === "unknown") this.#events.onUnknown();
    if (this.#hello && !this.#proven) {
      this.#proven = true;
      this.#cancelVerdict();
    }
    if (parsed.kind !== "message") return;
    const { message } = parsed;
    if (message.type !== "hello") {
      this.#events.onMessage(message);
      return;
    }
    this.#hello = true;
    // There is no use in giving up the last one for being slow.
    if (this.#isLast) this.#cancelVerdict();
    else this.#expect(MUTE_MS);
    this.#events.onHello(message, transport, transport === "websocket" ? null : this.#fallback);
  }

  #end(end: StreamEnd): void {
    this.#cancelVerdict();
    // With a code of the server's own, or after its hello, the way is free: another transport would fare no better.
    if (this.#hello || end.final || end.code !== null) {
      this.#stream = null;
      this.#events.onEnd(end);
      return;
    }
    this.#fallback = "refused";
    this.#next(end);
  }
}
