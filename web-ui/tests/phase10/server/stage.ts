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
  /** The server says that it is too busy, and to come back later. */
  | "busy"
  /** Nobody listens: the connection breaks at once. */
  | "down";

export interface Script {
  websocket: Behaviour;
  sse: Behaviour;
  heartbeat_seconds: number;
  /** Messages below the cursor that are sent once more to whoever comes back. */
  repeat: number;
  /** Answers to other paths below the stage. */
  routes: Record<string, { status?: number; body: unknown }>;
}

export interface Seen {
  connections: { transport: "websocket" | "sse"; query: string; open: boolean }[];
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
  send(text: string, message: Message): void;
  close(code: number, reason: string): void;
  cut(): void;
}

const PROBE_MS = 600;

export class Stage {
  script: Script = { websocket: "serve", sse: "serve", heartbeat_seconds: 30, repeat: 0, routes: {} };
  readonly seen: Seen = { connections: [], said: [], requests: [] };
  readonly #log: Message[] = [];
  readonly #open = new Set<Connection>();

  /** Say this to everybody; what has an `id` goes into the log, for those who come later. */
  say(texts: readonly string[]): void {
    for (const text of texts) {
      const message = readMessage(text);
      if (message.id !== undefined) this.#log.push(message);
      for (const connection of this.#open) deliver(connection, text, message);
    }
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
        cut: () => client.terminate(),
      });
      client.on("close", ended);
    });
  }

  stream(response: ServerResponse, query: URLSearchParams): void {
    const behaviour = this.script.sse;
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
    const ended = this.#begin("sse", behaviour, query, {
      send: (text, { type, id }) =>
        response.write(`${id === undefined ? "" : `id: ${id}\n`}event: ${type}\ndata: ${text}\n\n`),
      close: () => response.end(),
      cut: () => response.destroy(),
    });
    response.on("close", ended);
  }

  #begin(
    transport: "websocket" | "sse",
    behaviour: Behaviour,
    query: URLSearchParams,
    sink: Pick<Connection, "close" | "cut"> & { send: (text: string, message: Message) => unknown },
  ): () => void {
    const entry = { transport, query: query.toString(), open: true };
    this.seen.connections.push(entry);
    const types = query.get("types");
    const connection: Connection = {
      jobIds: query.getAll("job_id"),
      types: types === null ? null : types.split(","),
      stalled: behaviour === "mute",
      ...sink,
    };
    this.#open.add(connection);
    const since = query.get("since") ?? "now";
    const head = this.#log.at(-1)?.id ?? "e-0";
    const from = since === "now" ? seqOf(head) : since === "start" ? 0 : seqOf(since);
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
    const probe = setTimeout(() => this.#tell(connection, "ping", { cursor: this.#log.at(-1)?.id ?? "e-0" }), PROBE_MS);
    if (query.get("probe") !== "1") clearTimeout(probe);
    return () => {
      clearTimeout(probe);
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
