/** One spec's server: a log that connections replay, and a script of what goes wrong. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocket, type WebSocketServer } from "ws";

/** What one way through to the server does. */
export type Behaviour =
  /** As the product does. */
  | "serve"
  /** A proxy answers that there is no such thing. */
  | "refuse"
  /** It opens, and nothing comes through. */
  | "mute"
  /** `hello` comes through, and nothing after it. */
  | "stall"
  /** Everything comes through in lumps, one a second. */
  | "lumps"
  /** The server says that it is too busy, and to come back later. */
  | "busy"
  /** Nobody listens: the connection breaks at once. */
  | "down";

export type StreamName = "websocket" | "sse" | "sse_post";

export interface Script {
  websocket: Behaviour;
  sse: Behaviour;
  sse_post: Behaviour;
  /** Whether polls are answered, and by whom. */
  poll: "serve" | "refuse" | "down";
  heartbeat_seconds: number;
  /** Messages below the cursor that are sent once more to whoever comes back. */
  repeat: number;
  /** Answers to other paths below the stage. */
  routes: Record<string, { status?: number; body: unknown }>;
}

export interface Seen {
  connections: { transport: StreamName; query: string; open: boolean }[];
  /** The queries of polls, and those that asked how far the log goes. */
  polls: string[];
  tails: string[];
  /** What clients said over WebSockets. */
  said: string[];
  /** Other paths that were asked for. */
  requests: string[];
}

interface Message {
  type: string;
  id?: string;
  job_id?: string;
}

interface Connection {
  jobIds: string[];
  types: string[] | null;
  stalled: boolean;
  send(text: string, message: Message): unknown;
  close(code: number, reason: string): void;
  /** End it as a server does that ends its long answers after a while. */
  finish(): void;
  cut(): void;
}

const PROBE_MS = 600;
const LUMP_MS = 1_000;
/** Messages in one answer to a poll. */
const MAX_POLLED = 200;

export class Stage {
  script: Script = {
    websocket: "serve",
    sse: "serve",
    sse_post: "serve",
    poll: "serve",
    heartbeat_seconds: 30,
    repeat: 0,
    routes: {},
  };
  readonly seen: Seen = { connections: [], said: [], requests: [], polls: [], tails: [] };
  readonly #log: Message[] = [];
  readonly #open = new Set<Connection>();
  /** Polls that wait for something to happen. */
  readonly #waiting = new Set<() => void>();

  /** Say this to everybody; what has an `id` goes into the log, for those who come later. */
  say(texts: readonly string[]): void {
    for (const text of texts) {
      const message = readMessage(text);
      if (message.id !== undefined) this.#log.push(message);
      for (const connection of this.#open) deliver(connection, text, message);
    }
    for (const answer of [...this.#waiting]) answer();
  }

  /** Append to the log without telling anybody: what happens while nobody is connected. */
  write(texts: readonly string[]): void {
    this.#log.push(...texts.map(readMessage));
  }

  cut(): void {
    for (const connection of [...this.#open]) connection.cut();
  }

  close(code: number, reason: string): void {
    for (const connection of [...this.#open]) connection.close(code, reason);
  }

  finish(): void {
    for (const connection of [...this.#open]) connection.finish();
  }

  tail(response: ServerResponse, query: URLSearchParams): void {
    this.seen.tails.push(query.toString());
    const last = this.#log.findLast((message) => isWanted(message, query));
    answerWith(response, { tail: seqOf(last?.id), epoch: "e" });
  }

  poll(response: ServerResponse, query: URLSearchParams): void {
    this.seen.polls.push(query.toString());
    if (this.script.poll === "down") {
      response.destroy();
      return;
    }
    if (this.script.poll === "refuse") {
      response.writeHead(403, { "Content-Type": "text/html" }).end("<h1>403 Forbidden</h1>");
      return;
    }
    const from = this.#place(query);
    const answer = () => {
      const messages = this.#log.filter((message) => seqOf(message.id) > from && isWanted(message, query));
      if (messages.length === 0 && !isOver) return;
      isOver = true;
      clearTimeout(timer);
      this.#waiting.delete(answer);
      const some = messages.slice(0, MAX_POLLED);
      const end = some.length < messages.length ? some.at(-1)?.id : this.#head;
      answerWith(response, { cursor: end, messages: some });
    };
    let isOver = false;
    const timer = setTimeout(() => {
      isOver = true;
      answer();
    }, 1_000 * Number(query.get("wait") ?? 0));
    this.#waiting.add(answer);
    response.on("close", () => {
      clearTimeout(timer);
      this.#waiting.delete(answer);
    });
    answer();
  }

  get #head(): string {
    return this.#log.at(-1)?.id ?? "e-0";
  }

  #place(query: URLSearchParams): number {
    const since = query.get("since") ?? "now";
    if (since === "start") return 0;
    return seqOf(since === "now" ? this.#head : since);
  }

  upgrade(server: WebSocketServer, request: IncomingMessage, socket: Duplex, head: Buffer, query: URLSearchParams): void {
    const behaviour = this.script.websocket;
    if (behaviour === "down") {
      socket.destroy();
      return;
    }
    if (behaviour === "refuse") {
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      return;
    }
    server.handleUpgrade(request, socket, head, (client) => {
      if (behaviour === "busy") {
        const details = { error_code: "TOO_BUSY", message: "too many" };
        const payload = { error: "too many", details };
        client.send(JSON.stringify({ type: "error", payload, timestamp: new Date().toISOString() }));
        client.close(1013, "too many");
        return;
      }
      client.on("message", (data: Buffer) => {
        const text = data.toString();
        this.seen.said.push(text);
        if (readMessage(text).type === "ping" && this.script.websocket === "serve") {
          client.send(JSON.stringify({ type: "pong", payload: {}, timestamp: new Date().toISOString() }));
        }
      });
      const ended = this.#begin("websocket", behaviour, query, {
        send: (text) => client.readyState === WebSocket.OPEN && client.send(text),
        close: (code, reason) => client.close(code, reason),
        finish: () => client.close(1001),
        cut: () => client.terminate(),
      });
      client.on("close", ended);
    });
  }

  stream(response: ServerResponse, query: URLSearchParams, name: "sse" | "sse_post"): void {
    const behaviour = this.script[name];
    if (behaviour === "down") {
      response.destroy();
      return;
    }
    if (behaviour === "refuse") {
      response.writeHead(502, { "Content-Type": "text/html" }).end("<h1>502 Bad Gateway</h1>");
      return;
    }
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    response.flushHeaders();
    const ended = this.#begin(name, behaviour, query, {
      send: (text, { type, id }) =>
        response.write(`${id === undefined ? "" : `id: ${id}\n`}event: ${type}\ndata: ${text}\n\n`),
      close: () => response.end(),
      finish: () => response.end("retry: 0\n\n"),
      cut: () => response.destroy(),
    });
    response.on("close", ended);
  }

  #begin(
    transport: StreamName,
    behaviour: Behaviour,
    query: URLSearchParams,
    sink: Pick<Connection, "close" | "cut" | "finish"> & { send: (text: string, message: Message) => unknown },
  ): () => void {
    const entry = { transport, query: query.toString(), open: true };
    this.seen.connections.push(entry);
    const types = query.get("types");
    let lump: (() => void)[] = [];
    const lumps = setInterval(() => {
      for (const send of lump.splice(0)) send();
    }, LUMP_MS);
    const connection: Connection = {
      jobIds: query.getAll("job_id"),
      types: types === null ? null : types.split(","),
      stalled: behaviour === "mute",
      ...sink,
      send: (text, message) => (behaviour === "lumps" ? lump.push(() => sink.send(text, message)) : sink.send(text, message)),
    };
    this.#open.add(connection);
    const from = this.#place(query);
    this.#tell(connection, "hello", {
      session_id: query.get("session_id") ?? "s",
      transport,
      cursor: `e-${from}`,
      heartbeat_seconds: this.script.heartbeat_seconds,
      server_version: "0",
    });
    connection.stalled ||= behaviour === "stall";
    const past = this.#log.filter(({ id }) => seqOf(id) <= from);
    const repeated = this.script.repeat > 0 ? past.slice(-this.script.repeat) : [];
    for (const message of [...repeated, ...this.#log.filter(({ id }) => seqOf(id) > from)]) {
      deliver(connection, JSON.stringify(message), message);
    }
    const probe = setTimeout(() => this.#tell(connection, "ping", { cursor: this.#head }), PROBE_MS);
    if (query.get("probe") !== "1") clearTimeout(probe);
    return () => {
      clearTimeout(probe);
      clearInterval(lumps);
      lump = [];
      entry.open = false;
      this.#open.delete(connection);
    };
  }

  #tell(connection: Connection, type: string, payload: object): void {
    if (connection.stalled) return;
    connection.send(JSON.stringify({ type, payload, timestamp: new Date().toISOString() }), { type });
  }
}

function deliver(connection: Connection, text: string, message: Message): void {
  const { jobIds, types, stalled } = connection;
  if (stalled) return;
  if (message.id !== undefined && jobIds.length > 0 && !jobIds.includes(message.job_id ?? "")) return;
  if (message.id !== undefined && types !== null && !types.includes(message.type)) return;
  connection.send(text, message);
}

function isWanted({ id, job_id: jobId = "", type }: Message, query: URLSearchParams): boolean {
  const jobs = query.getAll("job_id");
  const types = query.get("types")?.split(",");
  return id !== undefined && (jobs.length === 0 || jobs.includes(jobId)) && (types?.includes(type) ?? true);
}

function answerWith(response: ServerResponse, body: object): void {
  response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

function seqOf(cursor: string | undefined): number {
  return Number(cursor?.split("-").at(-1) ?? 0);
}

/** What a test has the server say need not be a message. */
function readMessage(text: string): Message {
  try {
    return JSON.parse(text) as Message;
  } catch {
    return { type: "message" };
  }
}
