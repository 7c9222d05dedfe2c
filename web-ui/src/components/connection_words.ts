/** The connection as a person would tell it. */
import type { ConnectionInfo, Failing, TransportName } from "../realtime/state.ts";

export interface ConnectionWords {
  tone: "live" | "quiet" | "warning" | "error";
  /** The words; `countdown` stands between them and changes every second. */
  text: string;
  countdown?: string;
  more?: string;
  /** Whether pressing "Try now" makes sense. */
  canRetry: boolean;
}

const ATTEMPTS = 5;

export function connectionWords(connection: ConnectionInfo, now: number): ConnectionWords {
  if (connection.offline) {
    return {
      tone: "warning",
      text: "Offline:",
      more: "this device has no network. The work goes on; this page catches up when the network is back.",
      canRetry: false,
    };
  }
  const { attempt, error } = connection;
  switch (connection.status) {
    case "IDLE":
      return { tone: "quiet", text: "Not connected", canRetry: false };
    case "CONNECTING":
      return attempt === 0
        ? { tone: "quiet", text: "Connecting…", canRetry: false }
        : { tone: "warning", text: `Connection lost. Trying again now (attempt ${attempt} of ${ATTEMPTS})`, canRetry: false };
    case "OPEN":
      return { tone: "live", text: liveWords(connection), canRetry: false };
    case "RECONNECTING": {
      const seconds = connection.retryAt === null ? 0 : Math.max(0, Math.ceil((connection.retryAt - now) / 1000));
      return {
        tone: "warning",
        text: "Connection lost. Trying again",
        countdown: seconds > 0 ? `in ${seconds} s` : "now",
        more: `(attempt ${Math.max(1, attempt)} of ${ATTEMPTS})`,
        canRetry: true,
      };
    }
    case "CLOSED": {
      const why = error?.message ?? "The connection was closed.";
      return error?.final === true
        ? { tone: "error", text: "No connection:", more: why, canRetry: false }
        : { tone: "error", text: "Gave up for now:", more: why, canRetry: true };
    }
  }
}

/** How it comes, where it does not come over a WebSocket. */
const WAYS: Readonly<Record<TransportName, string>> = {
  websocket: "",
  sse: " over server-sent events",
  sse_post: " over padded server-sent events",
  poll: " by asking again and again (long polling)",
};

const REASONS: Readonly<Record<Failing, string>> = {
  refused: "something on the way refuses WebSockets",
  mute: "something on the way lets nothing through WebSockets",
  held: "something on the way holds back what comes over WebSockets",
  cut: "something on the way cuts every connection after a while",
};

function liveWords({ transport, fallback, shared }: ConnectionInfo): string {
  const way = transport === null ? "" : WAYS[transport];
  const reason = way === "" || fallback === null ? "" : `: ${REASONS[fallback]}`;
  return `Live${way}${shared && way !== "" ? ", through another tab" : ""}${reason}`;
}
