/** The product's own client in a page that has nothing else, with a list of what it was handed and when. */
import { RealtimeClient } from "../../../src/realtime/RealtimeClient.ts";
import type { ConnectionInfo } from "../../../src/realtime/state.ts";

export interface Heard {
  /** The places of all messages, as they were handed over. */
  ids: string[];
  /** How old each was then, in milliseconds. */
  ages: number[];
  /** When the first was handed over, since the client was asked to connect. */
  firstMs: number | null;
  /** When each transport was found, and which it was. */
  found: { ms: number; transport: ConnectionInfo["transport"] }[];
  /** How often it was lost. */
  losses: number;
  connection: ConnectionInfo;
  ended: boolean;
}

declare global {
  interface Window {
    follow: (url: string) => void;
    heard: () => Heard;
  }
}

const ids: string[] = [];
const ages: number[] = [];
const found: Heard["found"] = [];
let firstMs: number | null = null;
let losses = 0;
let ended = false;
const client = new RealtimeClient();

window.follow = (url) => {
  const began = performance.now();
  client.onMessage((message) => {
    if (message.id === undefined) return;
    firstMs ??= performance.now() - began;
    ids.push(message.id);
    ages.push(Date.now() - Date.parse(message.timestamp));
    ended ||= message.type === "job_status" && ["done", "error", "cancelled"].includes(message.payload.status);
  });
  client.subscribe(() => {
    const { status, transport } = client.getSnapshot();
    if (status === "RECONNECTING") losses += 1;
    if (status === "OPEN" && found.at(-1)?.transport !== transport) found.push({ ms: performance.now() - began, transport });
  });
  client.connect(url);
};

window.heard = () => ({ ids, ages, firstMs, found, losses, connection: client.getSnapshot(), ended });
