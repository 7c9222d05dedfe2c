/** A WebSocket: text messages in both directions. */
import type { Stream, StreamEvents, Transport } from "./transport.ts";

/** Codes by which a server says that it goes away for now. Any other below 4000 may be the work of what is in between. */
const GOING_AWAY: ReadonlySet<number> = new Set([1001, 1012, 1013]);

/** Whether a close code says that coming back is no use. The server's own 4000–4007 are final, 4008–4015 are not. */
function isFinal(code: number): boolean {
  return code >= 4000 && code <= 4007;
}

export const webSocketTransport: Transport = {
  name: "websocket",
  mayHold: true,
  open(url, events) {
    const address = new URL(url);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    try {
      return openSocket(new WebSocket(address), events);
    } catch {
      // A page that may open none, such as one over https before a server without, is told so by an exception.
      let closed = false;
      queueMicrotask(() => closed || events.onEnd({ code: null, reason: "", final: false }));
      return { send: () => false, close: () => void (closed = true) };
    }
  },
};

function openSocket(socket: WebSocket, events: StreamEvents): Stream {
  const listening = new AbortController();
  const { signal } = listening;
  socket.addEventListener(
    "message",
    ({ data }: MessageEvent<unknown>) => (typeof data === "string" ? events.onText(data) : events.onAlive()),
    { signal },
  );
  // An `error` event says nothing, and a `close` always follows it.
  socket.addEventListener(
    "close",
    ({ code, reason }) => {
      listening.abort();
      events.onEnd({ code: code >= 4000 || GOING_AWAY.has(code) ? code : null, reason, final: isFinal(code) });
    },
    { signal },
  );
  return {
    send(text) {
      if (socket.readyState !== WebSocket.OPEN) return false;
      socket.send(text);
      return true;
    },
    close() {
      listening.abort();
      socket.close(1000);
    },
  };
}
