// Socket.IO on Node: `POST /publish` emits its body to everybody.  `node socketio_server.mjs PORT`
import { createServer } from "node:http";
import { Server } from "socket.io";

const server = createServer((request, response) => {
  if (request.method !== "POST") return;
  let body = "";
  request.on("data", (piece) => (body += piece));
  request.on("end", () => {
    io.emit("m", JSON.parse(body));
    response.writeHead(204).end();
  });
});
const io = new Server(server, { transports: ["websocket"], pingInterval: 60_000, perMessageDeflate: false });
server.listen(Number(process.argv[2]), "127.0.0.1");
