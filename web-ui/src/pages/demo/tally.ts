/** What a page was handed of one job, held against the job's log: how much of it was lost, and how much came twice. */
import { parseCursor } from "../../realtime/cursor.ts";
import type { RealtimeMessage } from "../../realtime/messages.ts";

/** How long what is in the log may be on its way before it counts as lost. It counts as come when it comes after all. */
const ON_ITS_WAY_MS = 20_000;

export interface Counts {
  received: number;
  /** Messages that the log has of the time in which the page listened. */
  logged: number;
  lost: number;
  doubled: number;
}

export const NO_COUNTS: Counts = { received: 0, logged: 0, lost: 0, doubled: 0 };

export function added(one: Counts, other: Counts): Counts {
  return {
    received: one.received + other.received,
    logged: one.logged + other.logged,
    lost: one.lost + other.lost,
    doubled: one.doubled + other.doubled,
  };
}

export class Tally {
  /** Where the page began to listen; null before that is known. */
  #from: string | null;
  /** How often each place of the log was handed over. */
  #handed = new Map<string, number>();
  #highest = 0;
  /** When each place was first read of in the log. */
  #logged = new Map<string, number>();
  #readTo: string | null;
  #hasEnd = false;

  constructor(from: string | null) {
    this.#from = this.#readTo = from;
  }

  /** Up to where the log was read; null while it is not known where to begin. */
  get readTo(): string | null {
    return this.#readTo;
  }

  /** The page was handed this. */
  take(message: RealtimeMessage): void {
    if (message.type === "reset") this.#begin(message.payload.cursor);
    else if (message.type === "hello" && this.#from === null) this.#begin(message.payload.cursor);
    if (message.id === undefined) return;
    this.#handed.set(message.id, (this.#handed.get(message.id) ?? 0) + 1);
    this.#highest = Math.max(this.#highest, seqOf(message.id));
  }

  /** The log has this: a page of it, above what was read before. */
  read(messages: readonly RealtimeMessage[], now: number): void {
    for (const message of messages) {
      if (message.id === undefined) continue;
      this.#logged.set(message.id, now);
      this.#readTo = message.id;
      this.#hasEnd ||= message.type === "job_status" && ["done", "error", "cancelled"].includes(message.payload.status);
    }
  }

  /** Whether the job has ended, and of all that its log has it is known what became of it. */
  isWhole(now: number): boolean {
    return this.#hasEnd && [...this.#logged.keys()].every((id) => this.#handed.has(id) || this.#isLost(id, now));
  }

  counts(now: number): Counts {
    const handed = [...this.#handed.values()];
    return {
      received: handed.length,
      logged: this.#logged.size,
      lost: [...this.#logged.keys()].filter((id) => this.#isLost(id, now)).length,
      doubled: handed.reduce((sum, times) => sum + times - 1, 0),
    };
  }

  /** What comes later in the log was handed over already, or it has had its time. */
  #isLost(id: string, now: number): boolean {
    if (this.#handed.has(id)) return false;
    return seqOf(id) < this.#highest || now - (this.#logged.get(id) ?? now) > ON_ITS_WAY_MS;
  }

  /** Another life of the log, or the first that is known of it. */
  #begin(from: string): void {
    this.#from = this.#readTo = from;
    this.#handed.clear();
    this.#logged.clear();
    this.#highest = 0;
  }
}

function seqOf(id: string): number {
  return parseCursor(id)?.seq ?? 0;
}
