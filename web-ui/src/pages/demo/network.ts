/**
 * The demonstration's network: what is done to its page's connections, over what messages come all the same, and what
 * was lost by it. No React; one for as long as the page is there.
 */
import { breakNetwork, type Habit, readLog } from "../../api/demo.ts";
import { newKey } from "../../api/idempotency.ts";
import { asProblem } from "../../api/problems.ts";
import { idleConnection } from "../../realtime/initial_state.ts";
import type { RealtimeMessage } from "../../realtime/messages.ts";
import { type ClientOptions, RealtimeClient } from "../../realtime/RealtimeClient.ts";
import type { ConnectionInfo } from "../../realtime/state.ts";
import type { Remembered, TransportMemory } from "../../realtime/transports/memory.ts";
import { added, type Counts, NO_COUNTS, Tally } from "./tally.ts";

/** How often the log is read, to see what is missing. */
const CHECK_MS = 1_000;
/** How often the server is reminded, which forgets it after some minutes. */
const REMIND_MS = 3 * 60_000;

/** How soon what was counted is shown. */
const SHOW_MS = 200;

/** Where no WebSocket comes through. */
const WITHOUT_WEBSOCKETS: readonly Habit[] = ["strip", "hold", "mute"];

export interface NetworkState {
  habit: Habit;
  connection: ConnectionInfo;
  /** When messages began to come as they do now (epoch milliseconds); null while none come. */
  since: number | null;
  counts: Counts;
  /** Why the server did not do what was asked for; null where it did. */
  failure: unknown;
}

/** A job that is watched here, or was. */
interface Run {
  jobId: string;
  tally: Tally;
}

export class DemoNetwork {
  /** A name that nobody can guess: whoever knows it could break these connections. */
  readonly #sessionId = `demo-${newKey()}`;
  /** Of its own: what is found out here holds for no other page. */
  readonly #memory = newMemory();
  readonly #listeners = new Set<() => void>();
  #state: NetworkState = { habit: "none", connection: idleConnection, since: null, counts: NO_COUNTS, failure: null };
  #client: RealtimeClient | null = null;
  #runs: readonly Run[] = [];
  /** Of the runs that are over, and of which all is known. */
  #past: Counts = NO_COUNTS;
  /** What was asked for last; the server is asked for one thing after the other. */
  #asked: Promise<void> = Promise.resolve();
  #asking = 0;
  #counting: ReturnType<typeof setTimeout> | undefined;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): NetworkState => this.#state;

  /** A client whose connections are those of this network, and whose messages are counted. */
  readonly newClient = (): RealtimeClient => {
    // Not shared with other tabs: they would have the broken connection, too, or this one would not have it.
    const client = new CountedClient({ share: null, memory: this.#memory }, this.#sessionId, (jobId, since) => {
      this.#client = client;
      this.#runs = [...this.#runs.filter((run) => run.jobId !== jobId), { jobId, tally: new Tally(since) }];
    });
    client.onMessage((message) => this.#take(message));
    client.subscribe(() => client === this.#client && this.#see(client.getSnapshot()));
    return client;
  };

  /** Keep counting until what it returns is called. */
  readonly start = (): (() => void) => {
    const stopping = new AbortController();
    void this.#checkOnAndOn(stopping.signal);
    const reminder = setInterval(() => this.#state.habit !== "none" && this.#ask(this.#state.habit), REMIND_MS);
    return () => {
      stopping.abort();
      clearInterval(reminder);
    };
  };

  /** Break it in this way from now on. */
  readonly choose = (habit: Habit): void => {
    this.#become({ habit, failure: null });
    this.#ask(habit, () => this.#client?.networkChanged());
  };

  #ask(habit: Habit, done: () => void = () => undefined): void {
    this.#asking += 1;
    this.#asked = this.#asked.then(async () => {
      try {
        await breakNetwork(this.#sessionId, habit);
        done();
      } catch (failure) {
        this.#become({ habit: "none", failure });
      } finally {
        this.#asking -= 1;
      }
    });
  }

  #become(change: Partial<NetworkState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of [...this.#listeners]) listener();
  }

  #see(connection: ConnectionInfo): void {
    const before = this.#state.connection;
    const isSame = before.status === "OPEN" && before.transport === connection.transport && before.fallback === connection.fallback;
    const since = connection.status !== "OPEN" ? null : isSame ? this.#state.since : Date.now();
    this.#become({ connection, since });
    // Whatever the server was told, it has forgotten it, as one does that was started anew.
    const isForgotten = since !== null && !isSame && connection.transport === "websocket";
    const { habit } = this.#state;
    if (isForgotten && this.#asking === 0 && WITHOUT_WEBSOCKETS.includes(habit)) this.#ask(habit);
  }

  #take(message: RealtimeMessage): void {
    const run = message.job_id === undefined ? this.#runs.at(-1) : this.#runs.find(({ jobId }) => jobId === message.job_id);
    run?.tally.take(message);
    this.#counting ??= setTimeout(() => this.#count(), SHOW_MS);
  }

  #count(): void {
    clearTimeout(this.#counting);
    this.#counting = undefined;
    const now = Date.now();
    const counts = this.#runs.reduce((sum, { tally }) => added(sum, tally.counts(now)), this.#past);
    this.#become({ counts });
  }

  async #checkOnAndOn(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
      for (const run of this.#runs) {
        await this.#check(run, signal).catch((error: unknown) => this.#unread(run, error));
      }
      this.#count();
    }
  }

  /** Read on in a run's log. */
  async #check({ jobId, tally }: Run, signal: AbortSignal): Promise<void> {
    let more = !tally.isWhole(Date.now());
    while (more && tally.readTo !== null) {
      const { readTo } = tally;
      const { messages, nextAfter } = await readLog(jobId, readTo, signal);
      // Another life of the log has begun meanwhile: this page is of the one before.
      if (tally.readTo !== readTo) return;
      tally.read(messages, Date.now());
      more = nextAfter !== null;
    }
    if (jobId !== this.#runs.at(-1)?.jobId && tally.isWhole(Date.now())) this.#close(jobId);
  }

  /** What can't be read now is read the next time, unless the job was deleted. */
  #unread({ jobId }: Run, error: unknown): void {
    if (asProblem(error).status === 404) this.#close(jobId);
  }

  /** Nothing more will come of it. */
  #close(jobId: string): void {
    const run = this.#runs.find((one) => one.jobId === jobId);
    if (run === undefined) return;
    this.#past = added(this.#past, run.tally.counts(Date.now()));
    this.#runs = this.#runs.filter((one) => one !== run);
  }
}

/** The usual client, under a name of its network's. */
class CountedClient extends RealtimeClient {
  readonly #sessionId: string;
  readonly #onConnect: (jobId: string, since: string | null) => void;

  constructor(options: ClientOptions, sessionId: string, onConnect: (jobId: string, since: string | null) => void) {
    super(options);
    this.#sessionId = sessionId;
    this.#onConnect = onConnect;
  }

  override connect(url: string | URL): void {
    const address = new URL(url, document.baseURI);
    const query = address.searchParams;
    query.set("session_id", this.#sessionId);
    this.#onConnect(query.get("job_id") ?? "", query.get("since"));
    super.connect(address);
  }
}

function newMemory(): TransportMemory {
  let kept: Remembered | null = null;
  return { recall: () => kept, remember: (_origin, verdict) => void (kept = verdict) };
}
