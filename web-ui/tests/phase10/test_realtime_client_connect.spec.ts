import { describe, expect, onTestFinished, test, vi } from "vitest";

import { webSocketTransport } from "../../src/realtime/transports/websocket.ts";
import { newClient, newMemory } from "./clients.ts";
import { HandClock } from "./hand_clock.ts";
import { newStage } from "./stage.ts";
import { JOB, progress, status, warning } from "./wire_messages.ts";

test("the address may be of any scheme, and its query reaches the server", async () => {
  const stage = newStage();
  const { client, reaches } = newClient();

  client.connect(`${stage.root.replace("http", "ws")}/v1/realtime?job_id=${JOB}&types=progress,warning`);
  await reaches("OPEN");

  const [connection] = (await stage.seen()).connections;
  const query = new URLSearchParams(connection?.query);
  expect(query.get("job_id")).toBe(JOB);
  expect(query.get("types")).toBe("progress,warning");
  expect(query.get("session_id")).toMatch(/^[0-9a-f]{32}$/);
});

test("two clients are two sessions, so neither takes the other's place", async () => {
  const stage = newStage();
  for (const { client, reaches } of [newClient(), newClient()]) {
    client.connect(`${stage.root}/v1/realtime`);
    await reaches("OPEN");
  }

  const sessions = (await stage.seen()).connections.map(({ query }) => new URLSearchParams(query).get("session_id"));
  expect(new Set(sessions).size).toBe(2);
});

test("messages come once and in order, and a damaged one stops nothing", async () => {
  const stage = newStage();
  const { client, errors, ids, reaches } = newClient();
  client.connect(`${stage.root}/v1/realtime`);
  await reaches("OPEN");

  const hologram = { type: "hologram", payload: {}, timestamp: "2026-03-14T09:26:53Z" };
  await stage.say(progress(1, 10), progress(1, 10), "<html>", { type: "frame" }, hologram, progress(3, 30), progress(2, 20));
  await stage.say(progress(4, 40));

  await expect.poll(ids).toEqual(["e-1", "e-3", "e-4"]);
  expect(errors.map(({ code }) => code)).toEqual(["MSG_INVALID_JSON", "MSG_MISSING_FIELD"]);
  expect(client.unknownMessages).toBe(1);
});

test("a listener that crashes keeps no message from the others", async () => {
  const stage = newStage();
  const { client, ids, reaches } = newClient();
  const reported = vi.spyOn(window, "reportError").mockReturnValue();
  onTestFinished(() => reported.mockRestore());
  client.onMessage(() => {
    throw new Error("not my day");
  });
  const second: (string | undefined)[] = [];
  client.onMessage(({ id }) => second.push(id));
  client.connect(`${stage.root}/v1/realtime`);
  await reaches("OPEN");

  await stage.say(progress(1, 10), progress(2, 20));

  await expect.poll(ids).toEqual(["e-1", "e-2"]);
  expect(second).toEqual([undefined, "e-1", "e-2"]);
  expect(reported).toHaveBeenCalledTimes(3);
});

test("a ping is answered, and what a client says reaches the server", async () => {
  const stage = newStage();
  const { client, reaches } = newClient({ transports: [webSocketTransport] });
  expect(client.send({ type: "ping", payload: {} })).toBe(false);
  client.connect(`${stage.root}/v1/realtime`);
  await reaches("OPEN");

  await stage.say({ type: "ping", payload: { cursor: "e-0" }, timestamp: "2026-03-14T09:26:53Z" });
  expect(client.send({ type: "subscribe", payload: { job_id: JOB } })).toBe(true);

  const types = async () => (await stage.seen()).said.map((text) => (JSON.parse(text) as { type: string }).type);
  await expect.poll(async () => (await types()).toSorted()).toEqual(["pong", "subscribe"]);
});

describe("where WebSockets do not get through", () => {
  test("a refusal leads to server-sent events, and it is known why", async () => {
    const stage = newStage();
    await stage.script({ websocket: "refuse" });
    const { client, ids, reaches, statuses } = newClient();

    client.connect(`${stage.root}/v1/realtime`);

    expect(await reaches("OPEN")).toMatchObject({ transport: "sse", fallback: "refused", error: null, attempt: 0 });
    expect(statuses).toEqual(["CONNECTING", "OPEN"]);
    await stage.say(progress(1, 10), warning(2, "two\nlines"));
    await expect.poll(ids).toEqual(["e-1", "e-2"]);
    expect(client.send({ type: "ping", payload: {} })).toBe(false);
  });

  test("so does a connection that opens and stays mute", async () => {
    const stage = newStage();
    await stage.script({ websocket: "mute" });
    const { client, reaches } = newClient();

    client.connect(`${stage.root}/v1/realtime`);

    expect(await reaches("OPEN")).toMatchObject({ transport: "sse", fallback: "mute" });
    await expect.poll(async () => (await stage.seen()).connections).toMatchObject([{ open: false }, { open: true }]);
  });

  test("so does one that lets only the first message through, and nothing is missed meanwhile", async () => {
    const stage = newStage();
    await stage.script({ websocket: "stall" });
    const { client, ids, reaches } = newClient();
    client.connect(`${stage.root}/v1/realtime`);
    expect(await reaches("OPEN")).toMatchObject({ transport: "websocket" });
    await stage.say(progress(1, 10), progress(2, 20));

    await expect.poll(() => client.getSnapshot().transport, { timeout: 10_000 }).toBe("sse");

    await expect.poll(ids).toEqual(["e-1", "e-2"]);
    expect(client.getSnapshot()).toMatchObject({ status: "OPEN", fallback: "mute" });
  });

  test("the next client knows it already", async () => {
    const stage = newStage();
    await stage.script({ websocket: "mute" });
    const clock = new HandClock();
    const memory = newMemory();
    memory.remember(new URL(stage.root).origin, { transport: "sse", fallback: "mute" }, clock.now());
    const { client, reaches } = newClient({ memory, clock });

    client.connect(`${stage.root}/v1/realtime`);

    expect(await reaches("OPEN")).toMatchObject({ transport: "sse", fallback: "mute" });
    expect((await stage.seen()).connections).toMatchObject([{ transport: "sse" }]);
  });

  test("a changed subscription opens the stream anew, where it goes on", async () => {
    const stage = newStage();
    await stage.script({ websocket: "refuse" });
    const other = { jobId: "other" };
    const { client, ids, reaches } = newClient();
    client.connect(`${stage.root}/v1/realtime?job_id=${JOB}`);
    await reaches("OPEN");
    await stage.say(status(1, "running"), status(2, "running", other));
    await expect.poll(ids).toEqual(["e-1"]);

    client.send({ type: "subscribe", payload: { job_id: "other" } });

    await expect.poll(ids).toEqual(["e-1", "e-2"]);
  });
});

test("a refusal of the server's own is final and says why, whichever transport asks", async () => {
  const stage = newStage();
  const { client, errors, reaches } = newClient();
  client.connect(`${stage.root}/v1/realtime?job_id=${JOB}`);
  await reaches("OPEN");

  await stage.say({
    type: "error",
    payload: { error: "No such job", details: { error_code: "JOB_NOT_FOUND", message: "No such job" } },
    timestamp: "2026-03-14T09:26:53Z",
  });
  await stage.close(4000, "no such job");

  expect(await reaches("CLOSED")).toMatchObject({
    error: { code: "JOB_NOT_FOUND", message: "No such job", final: true },
    retryAt: null,
  });
  expect(errors.at(-1)?.final).toBe(true);
});
