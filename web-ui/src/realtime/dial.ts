/**
 * One try to get a stream: transports one after the other, until data comes through one of them.
 *
 * What counts is data, not that something opened: proxies accept upgrades and then say nothing, or let the first
 * message through and hold back the rest. So a transport has to bring `hello` in time, and then a second message,
 * which the server sends a little later where it is asked to (`probe`). Where both come together, something has held
 * the first until there was more.
 */
import type { Clock } from "./clock.ts";
import { type MessageOf, parseMessage, type ParseErrorCode, type RealtimeMessage } from "./messages.ts";
import { Pulse } from "./pulse.ts";
import type { Failing } from "./state.ts";
import { BROKEN } from "./transports/request.ts";
import type { Stream, StreamEnd, Transport } from "./transports/transport.ts";

/** How long a transport may stay mute while there is another one to try. */
const MUTE_MS = 2_500;
/** How long the last one may. */
const LAST_MUTE_MS = 10_000;
/** What was sent further apart than this, and comes closer together, was held on the way. */
const TOGETHER_MS = 300;
/** How often it has to be seen: once it may be that a machine was busy. */
const MAX_HOLDS = 2;
const PULSE_MS = 100;

export interface DialEvents {
  /** A transport brought its first message. */
  onHello(hello: MessageOf<"hello">, transport: Transport, fallback: Failing | null): void;
  /** Every other message; those before `hello` say why there will be none. */
  onMessage(message: RealtimeMessage): void;
  /** The transport that brought `hello` brings what is said when it is said. */
  onProven(transport: Transport, fallback: Failing | null): void;
  /** There are messages after `hello`, but the one that was asked for is not among them. */
  onDoubt(): void;
  /** The transport that brought `hello` brought nothing else, or held it back; the next one is tried. */
  onMute(): void;
  /** Something came, whatever it was. */
  onAlive(): void;
  /** A message that can't be used; `id` is its place in the log, where that can be read. */
  onInvalid(code: ParseErrorCode, detail: string, id?: string): void;
  /** A type of message that this version does not know. */
  onUnknown(id?: string): void;
  /** It is over, or never began; called once and last. */
  onEnd(end: StreamEnd): void;
}

export interface DialOptions {
  transports: readonly Transport[];
  /** Asked for each transport. */
  url: () => URL;
  /** Whether `url` asks for a second message. */
  probe: boolean;
  /** Why the first is not a WebSocket, where it is not. */
  fallback: Failing | null;
  clock: Clock;
}

export class Dial {
  readonly #options: DialOptions;
  readonly #events: DialEvents;
  readonly #pulse: Pulse;
  #rung = -1;
  /** How often this rung has held messages back. */
  #holds = 0;
  #stream: Stream | null = null;
  /** When `hello` came, by the clock's own count; null before. */
  #helloAt: number | null = null;
  /** When it was sent, by the server's clock. */
  #helloSent = Number.NaN;
  /** Whether the page slept when it came: then nothing is known of when it was there. */
  #slept = false;
  #heard = false;
  #proven = false;
  #fallback: Failing | null;
  #cancelVerdict: () => void = () => undefined;

  constructor(options: DialOptions, events: DialEvents) {
    this.#options = options;
    this.#fallback = options.fallback;
    this.#events = events;
    this.#pulse = new Pulse(options.clock, PULSE_MS);
    this.#next(BROKEN);
  }

  /** The transport that is tried, or carries the stream. */
  get transport(): Transport | null {
    return this.#options.transports[this.#rung] ?? null;
  }

  /** Say something to the server; false where nothing carries it. */
  send(text: string): boolean {
    return this.#stream?.send(text) ?? false;
  }

  /** End it; no event follows. */
  close(): void {
    this.#settle();
    this.#stream?.close();
    this.#stream = null;
  }

  get #isLast(): boolean {
    return this.#rung >= this.#options.transports.length - 1;
  }

  #next(last: StreamEnd): void {
    this.#rung += 1;
    this.#holds = 0;
    this.#try(last);
  }

  #try(last: StreamEnd): void {
    this.#helloAt = null;
    this.#heard = this.#proven = false;
    const { transport } = this;
    if (transport === null) {
      this.#settle();
      this.#stream = null;
      this.#events.onEnd(last);
      return;
    }
    this.#expect(this.#isLast ? LAST_MUTE_MS : MUTE_MS);
    this.#stream = transport.open(this.#options.url(), {
      onText: (text) => this.#read(text, transport),
      onAlive: () => {
        this.#events.onAlive();
        // A tab that looks for a way itself says so: it will be told when there is one.
        if (transport.isShared && this.#helloAt === null) this.#expect(MUTE_MS);
      },
      onEnd: (end) => this.#end(end),
    });
  }

  #expect(withinMs: number, isAgain = false): void {
    this.#cancelVerdict();
    const { clock } = this.#options;
    const due = clock.elapsed() + withinMs;
    this.#cancelVerdict = clock.after(withinMs, () => {
      // To a page that was busy until now a message may have come that waits behind this. Timers of a page that nobody
      // sees are always late: it is let go first once only.
      if (!isAgain && clock.elapsed() - due > TOGETHER_MS) this.#expect(TOGETHER_MS, true);
      else if (this.#heard) this.#events.onDoubt();
      else this.#fail("mute");
    });
  }

  /** Nothing more is waited for. */
  #settle(): void {
    this.#cancelVerdict();
    this.#pulse.stop();
  }

  #fail(why: Failing): void {
    this.#cancelVerdict();
    this.#stream?.close();
    this.#holds += why === "held" ? 1 : 0;
    if (why === "held" && this.#holds < MAX_HOLDS) {
      this.#try(BROKEN);
      return;
    }
    if (!this.transport?.isShared) this.#fallback ??= why;
    if (this.#helloAt !== null) this.#events.onMute();
    this.#next(BROKEN);
  }

  #read(text: string, transport: Transport): void {
    this.#events.onAlive();
    const parsed = parseMessage(text);
    if (parsed.kind === "invalid") this.#events.onInvalid(parsed.code, parsed.detail, parsed.id);
    if (parsed.kind === "unknown") this.#events.onUnknown(parsed.id);
    const message = parsed.kind === "message" ? parsed.message : null;
    if (message?.type === "hello") {
      this.#hello(message, transport);
      return;
    }
    if (this.#helloAt !== null && !this.#proven && this.#wasHeld(message, transport)) {
      this.#fail("held");
      return;
    }
    if (message !== null) this.#events.onMessage(message);
  }

  #hello(message: MessageOf<"hello">, transport: Transport): void {
    const isFirst = this.#helloAt === null;
    this.#helloAt = this.#options.clock.elapsed();
    this.#helloSent = Date.parse(message.timestamp);
    this.#slept = this.#pulse.age > TOGETHER_MS;
    const needsMore = transport.mayHold && isFirst;
    // There is no use in giving up the last one for being slow.
    if (this.#isLast || !needsMore) this.#cancelVerdict();
    else this.#expect(MUTE_MS);
    this.#events.onHello(message, transport, this.#fallbackOf(transport));
    if (isFirst && !(needsMore && this.#options.probe)) this.#prove(transport);
  }

  /** Whether what comes after `hello` shows that it was held on the way. */
  #wasHeld(message: RealtimeMessage | null, transport: Transport): boolean {
    // Something comes through. Whether in time, the second message of the probe shows.
    this.#heard = true;
    if (message?.type !== "ping") return false;
    const cameTogether = this.#options.clock.elapsed() - (this.#helloAt ?? 0) < TOGETHER_MS && !this.#slept;
    const sentApart = Date.parse(message.timestamp) - this.#helloSent >= TOGETHER_MS;
    if (cameTogether && sentApart && transport.mayHold && !this.#isLast) return true;
    this.#prove(transport);
    return false;
  }

  #prove(transport: Transport): void {
    this.#proven = true;
    this.#settle();
    this.#events.onProven(transport, this.#fallbackOf(transport));
  }

  #fallbackOf({ name }: Transport): Failing | null {
    return name === "websocket" ? null : this.#fallback;
  }

  #end(end: StreamEnd): void {
    this.#cancelVerdict();
    // With a code of the server's own, or after its hello, the way is free: another transport would fare no better.
    if (this.#helloAt !== null || end.final || end.code !== null) {
      this.#settle();
      this.#stream = null;
      this.#events.onEnd(end);
      return;
    }
    if (!this.transport?.isShared) this.#fallback ??= "refused";
    this.#next(end);
  }
}
