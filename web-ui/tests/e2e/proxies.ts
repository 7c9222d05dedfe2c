/** Proxies in front of a Transom: those that refuse WebSockets, and one that serves it below a path. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, request as httpRequest, type Server } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Use a proxy for as long as this takes; it is given the proxy's address. */
type Use = (address: string) => Promise<void>;

const START_TIMEOUT_MS = 10_000;

async function serving(server: Server, use: Use): Promise<void> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/**
 * A small proxy. It answers nothing outside `below`, which it takes off the path, and passes upgrades on or refuses them.
 */
export function nodeProxy(target: string, { below = "", upgrades }: { below?: string; upgrades: boolean }, use: Use): Promise<void> {
  const { hostname, port } = new URL(target);
  const inner = (url: string): string | null => {
    if (below === "") return url;
    return url === below || url.startsWith(`${below}/`) ? url.slice(below.length) || "/" : null;
  };
  const server = createServer((incoming, outgoing) => {
    const path = inner(incoming.url ?? "/");
    if (path === null) {
      outgoing.writeHead(404).end("nothing of Transom is here");
      return;
    }
    const onward = httpRequest({ hostname, port, path, method: incoming.method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  });
  server.on("upgrade", (incoming, socket, head) => {
    const path = inner(incoming.url ?? "/");
    if (!upgrades || path === null) {
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      return;
    }
    const onward = connect(Number(port), hostname, () => {
      const lines = incoming.rawHeaders.reduce<string[]>((all, item, place) => {
        if (place % 2 === 0) all.push(`${item}: ${incoming.rawHeaders[place + 1] ?? ""}`);
        return all;
      }, []);
      onward.write(`GET ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
      onward.write(head);
      onward.pipe(socket);
      socket.pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  });
  return serving(server, use);
}

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
  });
}

async function accepts(port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await connects(port))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error("The proxy did not start.");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const HAPROXY = (port: number, target: string) => `
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend page
  bind 127.0.0.1:${port}
  http-request deny deny_status 403 if { req.hdr(Upgrade) -i websocket }
  default_backend transom
backend transom
  server one ${new URL(target).host}
`;

const NGINX = (port: number, target: string, folder: string) => `
daemon off;
# One process, which goes on as whoever started it: its folders are theirs.
master_process off;
pid ${folder}/pid;
error_log ${folder}/error.log;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  client_max_body_size 100m;
  server {
    listen 127.0.0.1:${port};
    location / {
      # As it comes: upgrades are not passed on, and answers are collected before they are.
      proxy_pass ${target};
      proxy_set_header Host $http_host;
      proxy_http_version 1.1;
    }
  }
}
`;

/** The proxies that may be installed, by their command. */
const INSTALLED = {
  haproxy: { config: HAPROXY, args: (file: string) => ["-db", "-f", file] },
  nginx: { config: NGINX, args: (file: string) => ["-c", file] },
} as const;

export type InstalledProxy = keyof typeof INSTALLED;

/** Whether this machine has it. */
export function isInstalled(name: InstalledProxy): boolean {
  return spawnSync(name, ["-v"]).error === undefined;
}

/** One of the proxies that people have in front, as its defaults are: no WebSocket comes through. */
export async function installedProxy(name: InstalledProxy, target: string, use: Use): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), `transom-${name}-`));
  const port = await freePort();
  const file = join(folder, "config");
  await writeFile(file, INSTALLED[name].config(port, target, folder));
  const child = spawn(name, INSTALLED[name].args(file), { stdio: "ignore" });
  const exited = once(child, "exit");
  try {
    await accepts(port, child);
    await use(`http://127.0.0.1:${port}`);
  } finally {
    child.kill("SIGTERM");
    await exited;
    await rm(folder, { recursive: true, force: true });
  }
}
