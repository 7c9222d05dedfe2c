/**
 * A real server on a real socket, for specs that run in the browser: `/stage/NAME/…` is that spec's own product, and
 * `/stage/NAME?do=…` is how the spec directs it.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { WebSocketServer } from "ws";

import { type Script, Stage } from "./stage.ts";

/** Specs run in a page of another origin. */
const CORS = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Headers": "*",
  "Access-Control-Allow-Methods": "*",
  "Access-Control-Expose-Headers": "*",
};

export function startScriptedServer(): Server {
  const stages = new Map<string, Stage>();
  const sockets = new WebSocketServer({ noServer: true });

  function find(request: IncomingMessage): { stage: Stage; path: string; query: URLSearchParams } {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const [, , name = "", ...rest] = url.pathname.split("/");
    const stage = stages.get(name) ?? new Stage();
    stages.set(name, stage);
    return { stage, path: `/${rest.join("/")}`, query: url.searchParams };
  }

  const server = createServer((request, response) => {
    for (const [header, value] of Object.entries(CORS)) response.setHeader(header, value);
    const { stage, path, query } = find(request);
    if (request.method === "OPTIONS") response.writeHead(204).end();
    else if (query.has("do")) void direct(stage, query.get("do"), request, response);
    else if (path === "/v1/realtime" && request.method === "POST") void posted(stage, request, response);
    else if (path === "/v1/realtime" && query.get("transport") === "sse") stage.stream(response, query, "sse");
    else if (path === "/v1/realtime" && query.get("transport") === "poll" && !(path in stage.script.routes)) {
      stage.poll(response, query);
    } else if (path === "/v1/realtime/tail") stage.tail(response, query);
    else answer(stage, request, response);
  });
  server.on("upgrade", (request, socket, head) => {
    const { stage, query } = find(request);
    stage.upgrade(sockets, request, socket, head, query);
  });
  return server.listen(0, "127.0.0.1");
}

/** The same as a query, from a body. */
async function posted(stage: Stage, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries((await bodyOf(request)) as Record<string, unknown>)) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) query.append(name, one === true ? "1" : String(one));
  }
  if (query.get("transport") === "sse") stage.stream(response, query, "sse_post");
  else stage.poll(response, query);
}

async function direct(stage: Stage, what: string | null, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = (await bodyOf(request)) as Partial<Script> & { texts?: string[]; code?: number; reason?: string };
  switch (what) {
    case "script":
      stage.script = { ...stage.script, ...body };
      break;
    case "say":
      stage.say(body.texts ?? []);
      break;
    case "write":
      stage.write(body.texts ?? []);
      break;
    case "cut":
      stage.cut();
      break;
    case "finish":
      stage.finish();
      break;
    case "close":
      stage.close(body.code ?? 1000, body.reason ?? "");
      break;
    default:
      break;
  }
  response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(stage.seen));
}

/** The answer that the spec laid out for this path: with its query, or for any query. */
function answer(stage: Stage, request: IncomingMessage, response: ServerResponse): void {
  const asked = (request.url ?? "").replace(/^\/stage\/[^/?]+/, "");
  stage.seen.requests.push(`${request.method} ${asked}`);
  const { routes } = stage.script;
  const route = routes[asked] ?? routes[asked.split("?")[0] ?? ""];
  const { status = 200, body } = route ?? { status: 404, body: { title: "Not Found", status: 404, code: "NOT_FOUND" } };
  const type = status < 400 ? "application/json" : "application/problem+json";
  response.writeHead(status, { "Content-Type": type }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return parts.length > 0 ? JSON.parse(Buffer.concat(parts).toString()) : {};
}
