/** How long a transport may say nothing, counted on a clock that a spec moves by hand. */
import { expect, test } from "vitest";

import { Dial } from "../../src/realtime/dial.ts";
import type { TransportName } from "../../src/realtime/state.ts";
import type { StreamEvents, Transport } from "../../src/realtime/transports/transport.ts";
import { HandClock } from "./hand_clock.ts";
import { progress } from "./wire_messages.ts";

/** As long as the first of two may be mute. */
const MUTE_MS = 2_500;

const HELLO = JSON.stringify({
  type: "hello",
  payload: { session_id: "s", transport: "websocket", cursor: "e-0", heartbeat_seconds: 15, server_version: "10" },
  timestamp: "2026-03-14T09:00:00Z",
});

/** Two transports whose far ends the spec has in its hand, and what the dial has told so far. */
function dialled() {
  const clock = new HandClock();
  const opened: TransportName[] = [];
  let newest: StreamEvents | undefined;
  const transport = (name: TransportName): Transport => ({
    name,
    mayHold: true,
    open: (_url, handlers) => {
      opened.push(name);
      newest = handlers;
      return { send: () => false, close: () => undefined };
    },
  });
  const told: string[] = [];
  const transports = [transport("websocket"), transport("sse")];
  const dial = new Dial({ transports, url: () => new URL("http://here/"), probe: true, fallback: null, clock }, {
    onHello: (_hello, { name }) => told.push(`hello over ${name}`),
    onMessage: ({ id, type }) => told.push(id ?? type),
    onProven: ({ name }) => told.push(`${name} is good`),
    onDoubt: () => told.push("doubt"),
    onMute: () => told.push("mute"),
    onAlive: () => undefined,
    onInvalid: (_code, detail) => told.push(detail),
    onUnknown: () => told.push("unknown"),
    onEnd: () => told.push("end"),
  });
  return { clock, dial, opened, told, say: (text: string) => newest?.onText(text) };
}

test("a hello that came late leaves as much time again for the message after it", () => {
  const { clock, opened, told, say } = dialled();
  clock.advance(MUTE_MS - 100);
  say(HELLO);

  clock.advance(MUTE_MS - 100);
  expect(opened).toEqual(["websocket"]);
  say(JSON.stringify(progress(1, 10)));
  clock.advance(60_000);

  expect(told).toEqual(["hello over websocket", "e-1", "doubt"]);
  expect(opened).toEqual(["websocket"]);
});

test("after a hello and nothing else the next transport is tried, and no later", () => {
  const { clock, opened, told, say } = dialled();
  clock.advance(1_000);
  say(HELLO);

  clock.advance(MUTE_MS - 1);
  expect(told).toEqual(["hello over websocket"]);
  clock.advance(1);

  expect(told).toEqual(["hello over websocket", "mute"]);
  expect(opened).toEqual(["websocket", "sse"]);
});

test("what waited while the page was busy is read before its transport is called mute", () => {
  const { clock, opened, told, say } = dialled();
  clock.stall(MUTE_MS + 2_000);
  clock.advance(0);
  say(HELLO);
  clock.advance(1_000);

  expect(told).toEqual(["hello over websocket"]);
  expect(opened).toEqual(["websocket"]);
});

test("a page that is busy all the time tries the next transport nevertheless", () => {
  const { clock, opened } = dialled();
  clock.stall(MUTE_MS + 2_000);
  clock.advance(0);
  clock.stall(5_000);
  clock.advance(0);

  expect(opened).toEqual(["websocket", "sse"]);
});
