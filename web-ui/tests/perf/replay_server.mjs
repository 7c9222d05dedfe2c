/** Serves the built page, pictures of frames, and a WebSocket that says what it is told to. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { WebSocketServer } from "ws";

const TYPES = /** @type {Record<string, string>} */ ({ ".html": "text/html", ".js": "text/javascript", ".css": "text/css" });

/**
 * @param {string} folder the built page
 */
export async function startReplayServer(folder) {
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    if (path.endsWith(".jpg")) {
      response.writeHead(200, { "Content-Type": "image/png" }).end(picture(Number(/(\d+)\.jpg$/.exec(path)?.[1])));
      return;
    }
    const file = join(folder, path === "/" ? "index.html" : path);
    readFile(file).then(
      (content) => response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" }).end(content),
      () => response.writeHead(404).end(),
    );
  });
  const sockets = new WebSocketServer({ server, path: "/v1/realtime" });
  sockets.on("connection", (socket) => {
    const payload = { session_id: "s", transport: "websocket", cursor: "replay-0", heartbeat_seconds: 60, server_version: "0" };
    socket.send(JSON.stringify({ type: "hello", payload, timestamp: new Date().toISOString() }));
    socket.send(JSON.stringify({ type: "ping", payload: {}, timestamp: new Date().toISOString() }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    address: `http://127.0.0.1:${port}`,
    /** @param {string} text */
    say(text) {
      for (const socket of sockets.clients) socket.send(text);
    },
    close() {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
    },
  };
}

const WIDTH = 960;
const HEIGHT = 540;

/** A PNG that no other frame has. @param {number} index */
function picture(index) {
  const rows = Buffer.alloc(HEIGHT * (1 + WIDTH * 3), 90);
  for (let y = 0; y < HEIGHT; y += 1) {
    const start = y * (1 + WIDTH * 3);
    rows[start] = 0;
    rows.fill((y + index) % 256, start + 1, start + 1 + ((index * 7) % WIDTH) * 3);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(rows, { level: 1 })), chunk("IEND", Buffer.alloc(0))]);
}

/** @param {string} name @param {Buffer} data */
function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, "ascii"), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}
