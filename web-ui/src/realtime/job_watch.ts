/**
 * Watching one job: its snapshot, what the log has of it, then the stream from the snapshot's cursor.
 *
 * A snapshot is true at its cursor, so nothing is missed between the two and nothing comes twice. What the stream
 * brings while the log is still being read waits. Messages become one dispatch a paint, however many came.
 */
import { Backoff } from "./backoff.ts";
import type { Clock } from "./clock.ts";
import { parseCursor } from "./cursor.ts";
import type { ReadHistory } from "./history.ts";
import type { RealtimeMessage } from "./messages.ts";
import { beforePaint } from "./paint.ts";
import type { RealtimeClient } from "./RealtimeClient.ts";
import type { RealtimeContextType } from "./store.ts";
import type { JobSnapshot } from "./state.ts";

/** Messages that wait; with more, the snapshot is read anew, since it is nearer then. */
const MAX_WAITING = 5_000;
/** How long the log may take before the job is shown without what it said earlier. */
const HISTORY_MS = 10_000;

export type ReadSnapshot = (jobId: string, signal: AbortSignal) => Promise<JobSnapshot>;

export interface JobWatchOptions {
  jobId: string;
  /** The public path below which the server is; "" for none. */
  root: string;
  store: Pick<RealtimeContextType, "state" | "dispatch">;
  client: RealtimeClient;
  readSnapshot: ReadSnapshot;
  readHistory: ReadHistory;
  /** Whether the connection is kept when the job has ended. */
  stays?: boolean;
  clock: Clock;
}

export class JobWatch {
  readonly #options: JobWatchOptions;
  readonly #stops: (() => void)[] = [];
  /** Pauses between tries to read the snapshot while the stream is up. */
  readonly #backoff = new Backoff();
  #waiting: RealtimeMessage[] = [];
  #holding = true;
  #loading = new AbortController();
  #cancelPaint: (() => void) | null = null;
  #cancelRetry: () => void = () => undefined;

  constructor(options: JobWatchOptions) {
    this.#options = options;
  }

  start(): void {
    const { client, store, jobId } = this.#options;
    store.dispatch({ type: "WATCH", jobId });
    const tellConnection = () => store.dispatch({ type: "CONNECTION", connection: client.getSnapshot() });
    this.#stops.push(client.subscribe(tellConnection), client.onMessage((message) => this.#take(message)));
    tellConnection();
    void this.#load();
  }

  stop(): void {
    this.#loading.abort();
    this.#cancelPaint?.();
    this.#cancelRetry();
    for (const stop of this.#stops.splice(0)) stop();
    this.#options.client.disconnect();
  }

  /** Read the snapshot and the log, and follow the stream from there; the newest call counts. */
  async #load(): Promise<void> {
    const { jobId, readSnapshot, readHistory, store, client } = this.#options;
    this.#loading.abort();
    this.#cancelRetry();
    this.#cancelPaint?.();
    this.#cancelPaint = null;
    this.#loading = new AbortController();
    const { signal } = this.#loading;
    this.#holding = true;
    this.#waiting = [];
    const snapshot = await readSnapshot(jobId, signal).catch(() => null);
    if (isOver(signal)) return;
    if (snapshot === null) {
      this.#failed();
      return;
    }
    this.#backoff.reset();
    this.#show(snapshot);
    // An ended job says nothing more: its log is all there will ever be.
    if (store.state.ended && this.#options.stays !== true) client.disconnect();
    else if (client.getSnapshot().status === "IDLE") this.#connect(snapshot.cursor);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(HISTORY_MS)]);
    const history = await readHistory(snapshot, limit).catch(() => null);
    if (isOver(signal)) return;
    if (history !== null) this.#show(snapshot, history);
    this.#holding = false;
    this.#flush();
  }

  /** Without a snapshot the stream shows whether the server is there, and says what is wrong where it refuses. */
  #failed(): void {
    const { client, clock } = this.#options;
    const { status } = client.getSnapshot();
    if (status === "IDLE") this.#connect(null);
    else if (status === "OPEN") this.#cancelRetry = clock.after(this.#backoff.next() ?? 60_000, () => void this.#load());
  }

  #connect(cursor: string | null): void {
    const { client, root, jobId } = this.#options;
    const query = new URLSearchParams({ job_id: jobId });
    if (cursor !== null && parseCursor(cursor) !== null) query.set("since", cursor);
    client.connect(`${root}/v1/realtime?${query}`);
  }

  #show(snapshot: JobSnapshot, history?: readonly RealtimeMessage[]): void {
    const { store, clock } = this.#options;
    store.dispatch({ type: "SNAPSHOT", snapshot, now: clock.now(), ...(history && { history }) });
  }

  #take(message: RealtimeMessage): void {
    if (message.type === "reset" || (message.type === "hello" && this.#options.store.state.status === null)) {
      void this.#load();
      return;
    }
    this.#waiting.push(message);
    if (this.#waiting.length > MAX_WAITING) {
      if (this.#holding) void this.#load();
      else this.#flush();
    }
    if (!this.#holding) this.#cancelPaint ??= beforePaint(() => this.#flush());
  }

  #flush(): void {
    const { store, clock, client, stays } = this.#options;
    this.#cancelPaint?.();
    this.#cancelPaint = null;
    const messages = this.#waiting;
    if (messages.length === 0) return;
    this.#waiting = [];
    store.dispatch({ type: "MESSAGES", messages, now: clock.now() });
    if (store.state.ended && stays !== true) client.disconnect();
  }
}

/** Read anew after each wait: what aborts is not seen by the type of a signal that was looked at before. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}
