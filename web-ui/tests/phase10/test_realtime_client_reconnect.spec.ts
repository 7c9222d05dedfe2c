import { describe, expect, test } from "vitest";

import { webSocketTransport } from "../../src/realtime/transports/websocket.ts";
import { newClient, type Watched } from "./clients.ts";
import { HandClock } from "./hand_clock.ts";
import { newStage } from "./stage.ts";
import { JOB, progress, warning } from "./wire_messages.ts";

/** The longest a first pause lasts. */
const FIRST_PAUSE_MS = 1_000;

/** Lose the server, and use up every attempt. */
async function giveUp({ reaches }: Watched, clock: HandClock): Promise<void> {
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const { retryAt } = await reaches("RECONNECTING");
    clock.advance((retryAt ?? 0) - clock.now());
  }
  await reaches("CLOSED");
}

describe.for(["websocket", "sse"] as const)("over %s", (transport) => {
  test("a stream that was cut goes on where it was: nothing is missed, nothing comes twice", async () => {
    const stage = newStage();
    await stage.script({ websocket: transport === "sse" ? "refuse" : "serve", repeat: 2 });
    const { client, ids, reaches, statuses } = newClient();
    client.connect(`${stage.root}/v1/realtime?job_id=${JOB}`);
    await reaches("OPEN");
    await stage.say(progress(1, 10), warning(2, "dark"), progress(3, 30));
    await expect.poll(ids).toEqual(["e-1", "e-2", "e-3"]);

    await stage.write(progress(4, 40), progress(5, 50));
    await stage.cut();

    await expect.poll(ids, { timeout: 10_000 }).toEqual(["e-1", "e-2", "e-3", "e-4", "e-5"]);
    expect(client.getSnapshot()).toMatchObject({ status: "OPEN", transport, attempt: 0, retryAt: null, error: null });
    expect(statuses).toEqual(["CONNECTING", "OPEN", "RECONNECTING", "CONNECTING", "OPEN"]);
    const queries = (await stage.seen()).connections.map(({ query }) => new URLSearchParams(query));
    expect(queries.map((query) => query.get("since"))).toEqual([null, "e-3"]);
  });

  test("silence for longer than two heartbeats is a lost connection", async () => {
    const stage = newStage();
    await stage.script({ websocket: transport === "sse" ? "refuse" : "serve", heartbeat_seconds: 10 });
    const clock = new HandClock();
    const { client, ids, reaches } = newClient({ clock });
    client.connect(`${stage.root}/v1/realtime`);
    await reaches("OPEN");
    await stage.say(progress(1, 10));
    await expect.poll(ids).toEqual(["e-1"]);

    clock.advance(21_000);
    expect(client.isConnected()).toBe(true);
    clock.advance(2_000);

    expect(client.isConnected()).toBe(false);
    clock.advance(FIRST_PAUSE_MS);
    await reaches("OPEN");
  });
});

test("a heartbeat without a message keeps a connection", async () => {
  const stage = newStage();
  await stage.script({ heartbeat_seconds: 10 });
  const clock = new HandClock();
  const { client, reaches } = newClient({ clock, transports: [webSocketTransport] });
  client.connect(`${stage.root}/v1/realtime`);
  await reaches("OPEN");

  for (let beats = 1; beats <= 6; beats += 1) {
    await stage.say({ type: "ping", payload: { cursor: "e-0" }, timestamp: "2026-03-14T09:26:53Z" });
    await expect.poll(async () => (await stage.seen()).said).toHaveLength(beats);
    clock.advance(10_000);
  }

  expect(client.isConnected()).toBe(true);
});

test("what a ping confirms counts as read, so that a long silence is not read again", async () => {
  const stage = newStage();
  const { client, reaches } = newClient({ transports: [webSocketTransport] });
  client.connect(`${stage.root}/v1/realtime?job_id=${JOB}`);
  await reaches("OPEN");
  await stage.write(progress(900, 1, { jobId: "other" }));
  await stage.say({ type: "ping", payload: { cursor: "e-900" }, timestamp: "2026-03-14T09:26:53Z" });
  await expect.poll(async () => (await stage.seen()).said).toHaveLength(1);

  await stage.cut();
  await expect.poll(async () => (await stage.seen()).connections, { timeout: 10_000 }).toHaveLength(2);

  const [, second] = (await stage.seen()).connections;
  expect(new URLSearchParams(second?.query).get("since")).toBe("e-900");
});

test.for([1000, 1001, 1012, 1013, 4008, 4009, 4015])("after a close with %i the client comes back", async (code) => {
  const stage = newStage();
  const clock = new HandClock();
  const { client, reaches } = newClient({ clock });
  client.connect(`${stage.root}/v1/realtime`);
  await reaches("OPEN");

  await stage.close(code);

  expect(await reaches("RECONNECTING")).toMatchObject({ attempt: 1 });
  clock.advance(FIRST_PAUSE_MS);
  await reaches("OPEN");
});

test.for([4000, 4001, 4003, 4007])("after a close with %i it does not, whatever happens", async (code) => {
  const stage = newStage();
  const clock = new HandClock();
  const { client, reaches } = newClient({ clock });
  client.connect(`${stage.root}/v1/realtime`);
  await reaches("OPEN");

  await stage.close(code);
  const { error } = await reaches("CLOSED");
  clock.advance(10 * 60_000);
  window.dispatchEvent(new Event("online"));

  expect(error?.final).toBe(true);
  expect(client.getSnapshot().status).toBe("CLOSED");
  expect((await stage.seen()).connections).toHaveLength(1);
});

test("a cursor that can't be continued is told, and the stream goes on from the new one", async () => {
  const stage = newStage();
  const { client, ids, messages, reaches } = newClient();
  client.connect(`${stage.root}/v1/realtime`);
  await reaches("OPEN");
  await stage.say(progress(41, 10));

  await stage.say({
    type: "reset",
    payload: { reason: "epoch_changed", cursor: "f-7" },
    timestamp: "2026-03-14T09:26:53Z",
  });
  await stage.say(progress(8, 20, { epoch: "f" }), progress(8, 20, { epoch: "f" }));

  await expect.poll(ids).toEqual(["e-41", undefined, "f-8"]);
  expect(messages[1]?.type).toBe("reset");
  await stage.cut();
  await expect.poll(async () => (await stage.seen()).connections, { timeout: 10_000 }).toHaveLength(2);
  expect((await stage.seen()).connections[1]?.query).toContain("since=f-8");
});

test("where the stream breaks right after that, it goes on from the new cursor, too", async () => {
  const stage = newStage();
  const { client, messages, reaches } = newClient();
  client.connect(`${stage.root}/v1/realtime`);
  await reaches("OPEN");
  await stage.say(progress(41, 10));
  await stage.say({ type: "reset", payload: { reason: "trimmed", cursor: "e-77" }, timestamp: "2026-03-14T09:26:53Z" });
  await expect.poll(() => messages).toHaveLength(2);

  await stage.cut();

  await expect.poll(async () => (await stage.seen()).connections, { timeout: 10_000 }).toHaveLength(2);
  expect((await stage.seen()).connections[1]?.query).toContain("since=e-77");
});

describe("when every attempt has failed", () => {
  test("the client closes with an error that says so", async () => {
    const stage = newStage();
    const clock = new HandClock();
    const watched = newClient({ clock });
    watched.client.connect(`${stage.root}/v1/realtime`);
    await watched.reaches("OPEN");
    await stage.script({ websocket: "down", sse: "down" });
    await stage.cut();

    await giveUp(watched, clock);

    const { error, retryAt } = watched.client.getSnapshot();
    expect(error).toMatchObject({ code: "CONNECTION_LOST", final: false });
    expect(retryAt).toBeNull();
    expect(watched.errors.at(-1)?.code).toBe("CONNECTION_LOST");
  });

  test.for([
    ["the network is back", () => window.dispatchEvent(new Event("online"))],
    ["somebody looks at the page again", () => document.dispatchEvent(new Event("visibilitychange"))],
  ] as const)("it tries again when %s, and misses nothing", async ([, happens]) => {
    const stage = newStage();
    const clock = new HandClock();
    const watched = newClient({ clock });
    watched.client.connect(`${stage.root}/v1/realtime`);
    await watched.reaches("OPEN");
    await stage.say(progress(1, 10));
    await expect.poll(watched.ids).toEqual(["e-1"]);
    await stage.script({ websocket: "down", sse: "down" });
    await stage.cut();
    await giveUp(watched, clock);
    await stage.script({ websocket: "serve", sse: "serve" });
    await stage.write(progress(2, 20));

    happens();

    await watched.reaches("OPEN");
    await expect.poll(watched.ids).toEqual(["e-1", "e-2"]);
  });

  test("it tries once a minute by itself", async () => {
    const stage = newStage();
    await stage.script({ websocket: "down", sse: "down" });
    const clock = new HandClock();
    const watched = newClient({ clock });
    watched.client.connect(`${stage.root}/v1/realtime`);
    await giveUp(watched, clock);

    clock.advance(60_000);
    expect(watched.client.getSnapshot().status).toBe("CONNECTING");
    await watched.reaches("CLOSED");
    await stage.script({ websocket: "serve", sse: "serve" });
    clock.advance(60_000);

    expect(await watched.reaches("OPEN")).toMatchObject({ error: null });
  });

  test("it tries at once when it is told to", async () => {
    const stage = newStage();
    await stage.script({ websocket: "down", sse: "down" });
    const clock = new HandClock();
    const watched = newClient({ clock });
    watched.client.connect(`${stage.root}/v1/realtime`);
    await giveUp(watched, clock);
    await stage.script({ websocket: "serve", sse: "serve" });

    watched.client.reconnect();

    await watched.reaches("OPEN");
  });
});

test("a page that went offline says so, and the stream stays where it holds", async () => {
  const stage = newStage();
  const { client, reaches } = newClient();
  client.connect(`${stage.root}/v1/realtime`);
  await reaches("OPEN");

  window.dispatchEvent(new Event("offline"));
  expect(client.getSnapshot()).toMatchObject({ offline: true, status: "OPEN" });

  window.dispatchEvent(new Event("online"));
  expect(client.getSnapshot()).toMatchObject({ offline: false, status: "OPEN" });
});

describe("after waking up", () => {
  const wakeUp = () => document.dispatchEvent(new Event("visibilitychange"));

  test("a stream that gives no answer is opened anew", async () => {
    const stage = newStage();
    const clock = new HandClock();
    const { client, ids, reaches } = newClient({ clock, transports: [webSocketTransport] });
    client.connect(`${stage.root}/v1/realtime`);
    await reaches("OPEN");
    await stage.say(progress(1, 10));
    await expect.poll(ids).toEqual(["e-1"]);
    await stage.script({ websocket: "stall" });

    wakeUp();
    await expect.poll(async () => (await stage.seen()).said).toHaveLength(1);
    clock.advance(5_000);

    expect(client.getSnapshot().status).toBe("RECONNECTING");
  });

  test("a stream that answers stays", async () => {
    const stage = newStage();
    const clock = new HandClock();
    const { client, ids, reaches } = newClient({ clock, transports: [webSocketTransport] });
    client.connect(`${stage.root}/v1/realtime`);
    await reaches("OPEN");

    wakeUp();
    await expect.poll(async () => (await stage.seen()).said).toHaveLength(1);
    // It comes behind the answer.
    await stage.say(progress(1, 10));
    await expect.poll(ids).toEqual(["e-1"]);
    clock.advance(20_000);

    expect(client.isConnected()).toBe(true);
    expect((await stage.seen()).connections).toHaveLength(1);
  });
});
