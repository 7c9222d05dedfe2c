/** Notices a stream that breaks without a word: nothing comes for longer than heartbeats allow, or pings are late. */
import type { Clock } from "./clock.ts";
import { Pulse } from "./pulse.ts";

/** Heartbeats of silence after which a stream counts as lost. */
const PATIENCE = 2.2;
/** Heartbeats after a ping when the next one is late. */
const LATE = 1.5;
/**
 * Looks at a stream that has just begun, before any ping can be late: what gathers bytes passes the first of them on
 * in time, since they are many, and then holds the rest.
 */
const EARLY_LOOKS_MS: readonly number[] = [2_500, 6_000, 12_000];
/** Pings that were sent this part of a heartbeat apart, and come within half of it, were held on the way. */
const APART = 0.5;
/** How often that may be, since a network may falter once; half as many regular pings make up for it. */
const MAX_HELD = 2;
const PULSE_MS = 1_000;

export interface WatchdogEvents {
  /** Nothing came at all. */
  onSilence(): void;
  /** A ping is late, or the stream is new: ask how far the log is. Called once for each. */
  onLate(): void;
  /** Pings come several at once. */
  onLumps(): void;
}

export class Watchdog {
  readonly #clock: Clock;
  readonly #events: WatchdogEvents;
  #heartbeatMs = 0;
  #deadline = 0;
  /** When the next ping is late. */
  #lateAt = Infinity;
  /** When to look at a new stream. */
  #looks: number[] = [];
  /** The last ping: when it came, and when it was sent by the server's clock. */
  #ping: { at: number; sent: number } | null = null;
  #held = 0;
  #pulse: Pulse | null = null;
  #cancel: (() => void) | null = null;

  constructor(clock: Clock, events: WatchdogEvents) {
    this.#clock = clock;
    this.#events = events;
  }

  start(heartbeatSeconds: number): void {
    this.stop();
    this.#heartbeatMs = heartbeatSeconds * 1_000;
    this.#pulse = new Pulse(this.#clock, PULSE_MS);
    this.#ping = null;
    this.#held = 0;
    this.#lateAt = this.#clock.now() + LATE * this.#heartbeatMs;
    this.#looks = EARLY_LOOKS_MS.map((ms) => this.#clock.now() + ms);
    this.heard();
    this.#wait();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#pulse?.stop();
  }

  /** Something came. It costs no timer: the one that runs looks again when it is due. */
  heard(): void {
    this.#deadline = this.#clock.now() + PATIENCE * this.#heartbeatMs;
  }

  /** A ping came, which the server sent at this time. */
  pinged(timestamp: string): void {
    if (this.#cancel === null) return;
    const last = this.#ping;
    const ping = { at: this.#clock.elapsed(), sent: Date.parse(timestamp) };
    const apart = APART * this.#heartbeatMs;
    const awake = this.#pulse !== null && this.#pulse.age < 2 * PULSE_MS;
    const wasHeld = last !== null && ping.sent - last.sent > apart && ping.at - last.at < apart / 2;
    this.#held = awake && wasHeld ? this.#held + 1 : Math.max(0, this.#held - 0.5);
    this.#ping = ping;
    this.#lateAt = this.#clock.now() + LATE * this.#heartbeatMs;
    if (this.#held < MAX_HELD) return;
    this.#held = 0;
    this.#events.onLumps();
  }

  /** Look now: while a page slept, no timer ran. */
  check(): void {
    this.expect(Infinity);
  }

  /** Something must come within so many milliseconds, since it was asked for. */
  expect(withinMs: number): void {
    if (this.#cancel === null) return;
    this.#deadline = Math.min(this.#deadline, this.#clock.now() + withinMs);
    this.#wait();
  }

  #wait(): void {
    this.#cancel?.();
    const now = this.#clock.now();
    if (this.#deadline <= now) {
      this.stop();
      this.#events.onSilence();
      return;
    }
    const [look = Infinity] = this.#looks;
    if (Math.min(this.#lateAt, look) <= now) {
      if (look <= now) this.#looks.shift();
      else this.#lateAt = Infinity;
      this.#events.onLate();
    }
    const next = Math.min(this.#deadline, this.#lateAt, ...this.#looks);
    this.#cancel = this.#clock.after(next - now, () => this.#wait());
  }
}
