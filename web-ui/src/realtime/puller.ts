/**
 * Reads the log by polls that end at once: while no stream is known to be good, and to fill a hole in one.
 *
 * It always asks from the client's own position, so what it brings continues what came, and what a stream brings of
 * the same range is dropped by its place.
 */
import type { Clock } from "./clock.ts";
import { isAbove } from "./cursor.ts";
import { checkMessage, type RealtimeMessage } from "./messages.ts";
import type { Position } from "./position.ts";
import { NoAnswer, type PollAnswer } from "./transports/answers.ts";
import { BROKEN } from "./transports/request.ts";
import type { StreamEnd } from "./transports/transport.ts";

/** How long after the first poll a good stream has usually shown that it is one. */
const FIRST_PAUSE_MS = 700;
/** The pause between two others. */
const PAUSE_MS = 200;
/** How long an answer may wait for messages while there is no hole to fill. */
const WAIT_SECONDS = 1;
/** An answer of so many messages is probably not all there is. */
const FULL = 100;
/** Polls that fail in a row, after which a hole counts as one that can't be filled. */
const MAX_FAILURES = 4;

export interface PullerOptions {
  clock: Clock;
  position: Position;
  ask: (since: string | null, waitSeconds: number, signal: AbortSignal) => Promise<PollAnswer>;
  onMessage: (message: RealtimeMessage) => void;
  /** The server refuses for good. */
  onRefused: (end: StreamEnd) => void;
}

interface Hole {
  to: string;
  done: (filled: boolean) => void;
}

export class Puller {
  readonly #options: PullerOptions;
  #bridging = false;
  #holes: Hole[] = [];
  #failures = 0;
  /** Of the loop that runs. */
  #running: AbortController | null = null;
  #hurry: () => void = () => undefined;

  constructor(options: PullerOptions) {
    this.#options = options;
  }

  /** Have messages come from now on, until `arrive`. */
  bridge(): void {
    this.#bridging = true;
    this.#start();
  }

  /** A stream brings them. */
  arrive(): void {
    this.#bridging = false;
    if (this.#holes.length === 0) this.#end();
  }

  /** Read on up to this cursor; false where that can't be done. */
  fill(to: string): Promise<boolean> {
    return new Promise((done) => {
      this.#holes.push({ to, done });
      if (this.#running === null) this.#start();
      else this.#hurry();
    });
  }

  stop(): void {
    this.#bridging = false;
    this.#settle(this.#holes, false);
    this.#end();
  }

  #start(): void {
    if (this.#running !== null) return;
    this.#running = new AbortController();
    this.#failures = 0;
    void this.#run(this.#running.signal);
  }

  #end(): void {
    this.#running?.abort();
    this.#running = null;
    this.#hurry();
  }

  async #run(signal: AbortSignal): Promise<void> {
    for (let polls = 0; !isOver(signal); polls += 1) {
      const wait = polls === 0 || this.#holes.length > 0 ? 0 : WAIT_SECONDS;
      const full = await this.#poll(wait, signal);
      if (isOver(signal)) return;
      if (!this.#bridging && this.#holes.length === 0) {
        this.#end();
        return;
      }
      const isBehind = full || (this.#holes.length > 0 && this.#failures === 0);
      if (!isBehind) await this.#pause(polls === 0 ? FIRST_PAUSE_MS : PAUSE_MS * 2 ** this.#failures);
    }
  }

  /** One poll; whether there is more at once. */
  async #poll(wait: number, signal: AbortSignal): Promise<boolean> {
    const { position, ask, onRefused } = this.#options;
    const since = position.since;
    try {
      const answer = await ask(since, wait, signal);
      if (isOver(signal)) return false;
      this.#failures = 0;
      this.#take(since, answer);
      return answer.messages.length >= FULL;
    } catch (error) {
      if (isOver(signal)) return false;
      const end = error instanceof NoAnswer ? error.end : BROKEN;
      this.#failures = Math.min(MAX_FAILURES, this.#failures + 1);
      if (this.#failures >= MAX_FAILURES) this.#settle(this.#holes, false);
      if (end.final) onRefused(end);
      return false;
    }
  }

  #take(since: string | null, { cursor, messages }: PollAnswer): void {
    const { position, onMessage } = this.#options;
    // Another life of the log began meanwhile, or where it begins was said: this answer belongs nowhere.
    if (since === null ? position.since !== null : !position.knows(since)) return;
    for (const entry of messages) {
      const parsed = checkMessage(entry);
      if (parsed.kind === "message") onMessage(parsed.message);
    }
    if (position.since === null) position.start(cursor);
    else position.confirm(cursor);
    this.#settle(
      this.#holes.filter(({ to }) => !isAbove(to, cursor) || !position.knows(to)),
      true,
    );
  }

  #settle(holes: readonly Hole[], filled: boolean): void {
    this.#holes = this.#holes.filter((hole) => !holes.includes(hole));
    for (const { done } of holes) done(filled);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(ms, resolve);
      this.#hurry = () => {
        cancel();
        resolve();
      };
    });
  }
}

/** Read anew after each wait: what aborts is not seen by the type of a signal that was looked at before. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}
