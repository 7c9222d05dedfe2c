/**
 * A batch's items as far as somebody looks at them: read by pages as one scrolls, kept right by what the stream says.
 *
 * No React. Items are numbered without gaps, so without a filter any page can be read; the pages of one status follow
 * each other. What the stream can't say of a row (that it became a job, or why it can't become one) makes rows old;
 * those that are seen are read again, a little at a time.
 */
import type { BatchItem, BatchItems, ItemsQuery } from "../../api/batches.ts";
import { hasEnded, type JobStatus } from "../../api/jobs.ts";
import { after } from "../../api/live_jobs.ts";
import type { JobNews } from "./told.ts";

const PAGE = 1_000;
/** Rows around those that are seen which are read anew with them. */
const AROUND = 20;
/** What is old is read again after so long, however much becomes old meanwhile; a long list after a while longer. */
const REREAD_MS = 2_000;
/** After a failure it is tried again. */
const AGAIN_MS = 3_000;

export type ReadItems = (query: ItemsQuery, signal: AbortSignal) => Promise<BatchItems>;
type Counts = Readonly<Record<string, number>>;

export class ItemList {
  readonly #read: ReadItems;
  readonly #listeners = new Set<() => void>();
  #version = 0;
  #status: JobStatus | null = null;
  #total = 0;
  #counts: Counts = {};
  #rows: (BatchItem | undefined)[] = [];
  /** By row, the age of what is shown: below `#age` it is old. */
  #readAt: number[] = [];
  #age = 0;
  /** The age of the newest answer for the rows of one status, which may have been none. */
  #listedAt = 0;
  #places = new Map<string, number>();
  /** Of one status: where the next page begins; null where there is none. */
  #next: number | null = 0;
  #first = 0;
  #last = -1;
  #reading: AbortController | null = null;
  /** What the stream said while a page was read: the page may have been made before that. */
  #meanwhile: JobNews[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #error: unknown = null;

  constructor(read: ReadItems) {
    this.#read = read;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Another number after every change. */
  readonly version = (): number => this.#version;

  /** Why nothing more comes; null while all is well. */
  get error(): unknown {
    return this.#error;
  }

  /** How many rows there are, read or not; null before that is known. */
  get length(): number | null {
    if (this.#status === null) return this.#total;
    if (this.#next === null) return this.#rows.length;
    const counted = this.#counts[this.#status] ?? 0;
    return this.#rows.length === 0 ? null : Math.max(this.#rows.length + 1, counted);
  }

  at(place: number): BatchItem | undefined {
    return this.#rows[place];
  }

  /** Show the items of this status, or all. */
  show(status: JobStatus | null): void {
    if (status === this.#status) return;
    this.#status = status;
    this.#forget();
    this.#tell();
    this.#goOn();
  }

  /** These rows are seen. */
  see(first: number, last: number): void {
    this.#first = first;
    this.#last = last;
    this.#goOn();
  }

  /** How many items there are now; what that says of rows that the stream does not tell of. */
  count(total: number, counts: Counts): void {
    const before = this.#counts;
    this.#total = total;
    this.#counts = counts;
    const status = this.#status;
    if (status !== null) {
      if (before[status] !== counts[status]) this.#growOld();
    } else if (this.#seen().some(({ job, status: is }) => job === null && !hasEnded(is))) {
      this.#growOld();
    }
    this.#tell();
  }

  /** What the stream said of single jobs, in its order. */
  take(messages: readonly JobNews[]): void {
    if (this.#reading !== null) this.#meanwhile.push(...messages);
    if (this.#apply(messages)) this.#tell();
  }

  /** What is shown may be wrong: read what is seen again. */
  refresh(): void {
    this.#age += 1;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#goOn();
  }

  /** Nobody looks any more. */
  close(): void {
    this.#forget();
    this.#last = -1;
  }

  #seen(): BatchItem[] {
    return this.#rows.slice(this.#first, this.#last + 1).filter((row) => row !== undefined);
  }

  /** Whether a row changed. */
  #apply(messages: readonly JobNews[]): boolean {
    let changed = false;
    for (const message of messages) {
      const place = this.#places.get(message.job_id ?? "");
      const row = place === undefined ? undefined : this.#rows[place];
      if (place === undefined || row?.job == null) {
        // An item became a job just now, or runs again.
        if (message.type === "job_status" && message.payload.status === "queued" && (message.attempt ?? 1) === 1) this.#growOld();
        continue;
      }
      const job = after(row.job, message);
      if (job === row.job) continue;
      const error = job.error === null ? null : { code: job.error.error_code, detail: job.error.message };
      this.#rows[place] = { ...row, job, status: job.status, error };
      changed = true;
    }
    return changed;
  }

  #growOld(): void {
    if (this.#timer !== undefined) return;
    const pages = this.#status === null ? 1 : Math.max(1, Math.ceil(this.#rows.length / PAGE));
    this.#timer = setTimeout(() => this.refresh(), REREAD_MS * pages);
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#reading?.abort();
    this.#reading = null;
    this.#meanwhile = [];
    this.#rows = [];
    this.#readAt = [];
    this.#places.clear();
    this.#next = 0;
    this.#error = null;
  }

  /** Read what is missing or old among what is seen, one page after the other. */
  #goOn(): void {
    if (this.#reading !== null) return;
    const step = this.#status === null ? this.#nextOfAll() : this.#nextOf(this.#status);
    if (step === null) return;
    const reading = new AbortController();
    this.#reading = reading;
    step(reading.signal).then(
      () => {
        if (this.#reading !== reading) return;
        this.#error = null;
        this.#finish();
        this.#goOn();
      },
      (error: unknown) => {
        if (this.#reading !== reading) return;
        this.#error = error;
        this.#finish();
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.refresh(), AGAIN_MS);
      },
    );
  }

  #finish(): void {
    this.#reading = null;
    this.#apply(this.#meanwhile.splice(0));
    this.#tell();
  }

  #nextOfAll(): ((signal: AbortSignal) => Promise<void>) | null {
    const end = Math.min(this.#last + 1, this.#total);
    for (let place = this.#first; place < end; place++) {
      if (this.#rows[place] === undefined) return this.#readAll(place - (place % PAGE), PAGE, place);
    }
    for (let place = this.#first; place < end; place++) {
      if ((this.#readAt[place] ?? 0) >= this.#age) continue;
      const from = Math.max(0, place - AROUND);
      return this.#readAll(from, Math.min(PAGE, end + AROUND - from), place);
    }
    return null;
  }

  #readAll(from: number, limit: number, wanted: number): (signal: AbortSignal) => Promise<void> {
    return async (signal) => {
      const age = this.#age;
      const { items } = await this.#read({ after: from, limit }, signal);
      if (signal.aborted) return;
      for (const item of items) this.#put(item.n - 1, item, age);
      // Asked for at once again, a row that the server does not have would be asked for for ever.
      if (this.#rows[wanted] === undefined) throw new Error(`The server does not have item ${wanted + 1}.`);
    };
  }

  #nextOf(status: JobStatus): ((signal: AbortSignal) => Promise<void>) | null {
    const isOld = this.#rows.length > 0 && (this.#readAt[0] ?? 0) < this.#age;
    const isEmptyAndOld = this.#rows.length === 0 && this.#next === null && this.#listedAt < this.#age;
    if (isOld || isEmptyAndOld) return this.#rereadOf(status);
    if (this.#next === null || (this.#rows.length > 0 && this.#last + AROUND < this.#rows.length)) return null;
    return async (signal) => {
      const age = this.#age;
      const { items, next_after: next } = await this.#read({ status, after: this.#next ?? 0, limit: PAGE }, signal);
      if (signal.aborted) return;
      for (const item of items) this.#put(this.#rows.length, item, age);
      this.#next = next;
      this.#listedAt = age;
    };
  }

  /** Rows come and go in the list of one status: as much of it as is there is read anew, and put in its place at once. */
  #rereadOf(status: JobStatus): (signal: AbortSignal) => Promise<void> {
    return async (signal) => {
      const age = this.#age;
      const rows: BatchItem[] = [];
      const wanted = this.#last + 1 + AROUND;
      let next: number | null = 0;
      do {
        const page: BatchItems = await this.#read({ status, after: next, limit: PAGE }, signal);
        if (signal.aborted) return;
        rows.push(...page.items);
        next = page.next_after;
      } while (next !== null && rows.length < wanted);
      this.#rows = [];
      this.#readAt = [];
      this.#places.clear();
      for (const [place, item] of rows.entries()) this.#put(place, item, age);
      this.#next = next;
      this.#listedAt = age;
    };
  }

  #put(place: number, item: BatchItem, age: number): void {
    const before = this.#rows[place];
    if (before?.job != null && before.job.job_id !== item.job?.job_id) this.#places.delete(before.job.job_id);
    this.#rows[place] = item;
    this.#readAt[place] = age;
    if (item.job !== null) this.#places.set(item.job.job_id, place);
  }

  #tell(): void {
    this.#version += 1;
    for (const listener of [...this.#listeners]) listener();
  }
}
