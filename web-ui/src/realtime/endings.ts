/** Why there is no connection, in words for a person, with a stable code. */
import type { ConnectionInfo } from "./state.ts";
import type { StreamEnd } from "./transports/transport.ts";

type ConnectionError = NonNullable<ConnectionInfo["error"]>;

const FINAL: Readonly<Record<number, Omit<ConnectionError, "final">>> = {
  4001: {
    code: "CAPACITY",
    message: "This page holds more connections than the server allows, so the oldest one was closed.",
  },
  4003: { code: "NOT_ALLOWED", message: "You are not allowed to watch this." },
  401: { code: "NOT_ALLOWED", message: "You have to sign in to watch this." },
  403: { code: "NOT_ALLOWED", message: "You are not allowed to watch this." },
  404: { code: "JOB_NOT_FOUND", message: "There is no such job, or it was deleted." },
};

/** An end after which coming back is no use. `told` is the server's own error message, where it sent one. */
export function finalError(end: StreamEnd, told: { code: string; message: string } | null): ConnectionError {
  const known = end.code === null ? undefined : FINAL[end.code];
  const unknown = { code: "REFUSED", message: end.reason || "The server does not accept this connection." };
  return { ...(told ?? known ?? unknown), final: true };
}

/** Every attempt has failed, for now. */
export const CONNECTION_LOST: ConnectionError = {
  code: "CONNECTION_LOST",
  message: "The server can't be reached. What it does goes on; this page looks again once a minute.",
  final: false,
};
