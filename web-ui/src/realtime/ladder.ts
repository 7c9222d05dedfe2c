/** Which ways to try, in which order: what worked lately, what failed, and what would be better. */
import type { Clock } from "./clock.ts";
import type { Failing, TransportName } from "./state.ts";
import type { TransportMemory } from "./transports/memory.ts";
import type { Transport } from "./transports/transport.ts";

/** A stream that is cut sooner than this, although it worked, was cut for its age. */
const YOUNG_MS = 60_000;
/** How often in a row, until answers that end are preferred. */
const MAX_CUTS = 3;

export interface Rungs {
  transports: readonly Transport[];
  /** Why the first is not a WebSocket, where it is not. */
  fallback: Failing | null;
}

export class Ladder {
  readonly #all: readonly Transport[];
  readonly #memory: TransportMemory;
  readonly #clock: Clock;
  /** The transport that has worked for this client. */
  #proven: TransportName | null = null;
  #provenAt = 0;
  #cuts = 0;
  #origin = "";

  /** `all` is in the order in which they are tried. */
  constructor(all: readonly Transport[], memory: TransportMemory, clock: Clock) {
    this.#all = all;
    this.#memory = memory;
    this.#clock = clock;
  }

  /** Begin for this origin. */
  begin(origin: string): void {
    this.#origin = origin;
    this.#proven = null;
    this.#cuts = 0;
  }

  /** Whether there is a choice at all. */
  get hasChoice(): boolean {
    return this.#all.length > 1;
  }

  /** Whether one of them is made of answers that end. */
  get polls(): boolean {
    return this.#all.some(({ name }) => name === "poll");
  }

  /** For a client that has failed so often in a row. */
  rungs(attempts: number): Rungs {
    // One that has worked just now failed because the server went: no other has to be tried at the first attempt.
    if (this.#proven === "websocket" && attempts === 1) return { transports: this.#from("websocket"), fallback: null };
    const known = this.#memory.recall(this.#origin, this.#clock.now());
    const lower = known === null ? [] : this.#all.slice(this.#placeOf(known.transport));
    // What was found good is tried first, and then what is below it: of what is above, it is known that it is bad.
    if (known !== null && lower.length > 0) return { transports: lower, fallback: known.fallback };
    return { transports: this.#all, fallback: null };
  }

  /** Those below this one; all where there is none. */
  below(transport: TransportName | null): readonly Transport[] {
    const rest = transport === null ? [] : this.#all.slice(this.#placeOf(transport) + 1);
    return rest.length > 0 ? rest : this.#all;
  }

  /** Those above this one. */
  above(transport: TransportName): readonly Transport[] {
    return this.#all.slice(0, Math.max(0, this.#placeOf(transport)));
  }

  /** Data has come through it. */
  worked(transport: TransportName, fallback: Failing | null): void {
    this.#proven = transport;
    this.#provenAt = this.#clock.now();
    const verdict = transport === "websocket" || fallback === null ? null : { transport, fallback };
    this.#memory.remember(this.#origin, verdict, this.#clock.now());
  }

  /** It broke after it had worked; whether that has become a habit, so that answers which end do better. */
  wasCut(): boolean {
    this.#cuts = this.#clock.now() - this.#provenAt < YOUNG_MS ? this.#cuts + 1 : 0;
    if (this.#cuts < MAX_CUTS || this.#proven === "poll" || !this.polls) return false;
    this.#cuts = 0;
    this.#memory.remember(this.#origin, { transport: "poll", fallback: "cut" }, this.#clock.now());
    this.#proven = null;
    return true;
  }

  /** What was found no longer holds: it failed, or the network is another one. */
  forget(): void {
    this.#memory.remember(this.#origin, null, this.#clock.now());
    this.#proven = null;
  }

  #from(name: TransportName): readonly Transport[] {
    return this.#all.filter((transport) => transport.name === name);
  }

  #placeOf(name: TransportName): number {
    const place = this.#all.findIndex((transport) => transport.name === name);
    return place < 0 ? this.#all.length : place;
  }
}
