/** The whole ladder: what comes before a way is found, which way that is, and that it is left when it is no good. */
import { describe, expect, onTestFinished, test } from "vitest";

import { LADDER } from "../../src/realtime/RealtimeClient.ts";
import type { TransportName } from "../../src/realtime/state.ts";
import { newClient, newMemory, type Watched } from "./clients.ts";
import { HandClock } from "./hand_clock.ts";
import type { Script } from "./server/stage.ts";
import { newStage, type Stage } from "./stage.ts";
import { JOB, progress } from "./wire_messages.ts";

const FOUND = { timeout: 20_000 };

/** What has to be wrong for a client to end at each way. */
const LEADS_TO: Readonly<Record<TransportName, Partial<Script>>> = {
  websocket: {},
  sse: { websocket: "refuse" },
  sse_post: { websocket: "refuse", sse: "refuse" },
  poll: { websocket: "refuse", sse: "refuse", sse_post: "refuse" },
};

async function follow(script: Partial<Script>, since?: string): Promise<Watched & { stage: Stage }> {
  const stage = newStage();
  await stage.script(script);
  const watched = newClient({ transports: LADDER });
  watched.client.connect(`${stage.root}/v1/realtime?job_id=${JOB}${since === undefined ? "" : `&since=${since}`}`);
  return { ...watched, stage };
}

/** The probe's second message has come: the client has answered it. */
async function proven(stage: Stage): Promise<void> {
  await expect.poll(async () => (await stage.seen()).said.length, FOUND).toBeGreaterThan(0);
}

const many = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => progress(from + index, (from + index) % 100));
const places = (to: number) => many(1, to).map(({ id }) => id);

describe.for(Object.keys(LEADS_TO) as TransportName[])("over %s", (transport) => {
  test("everything comes once and in order, also what happened while it was cut", async () => {
    const { client, ids, reaches, stage } = await follow(LEADS_TO[transport], "e-0");
    await expect.poll(() => client.getSnapshot().transport, FOUND).toBe(transport);
    await reaches("OPEN");
    await stage.say(...many(1, 300));
    await expect.poll(ids).toEqual(places(300));

    await stage.write(...many(301, 350));
    await stage.cut();
    await stage.say(...many(351, 400));

    await expect.poll(ids, FOUND).toEqual(places(400));
    await expect.poll(() => client.getSnapshot(), FOUND).toMatchObject({ status: "OPEN", transport });
  });
});

describe("before a way is found", () => {
  test("messages come by poll, and the stream that is found goes on from there", async () => {
    const { client, ids, stage } = await follow({ websocket: "mute", sse: "mute", sse_post: "mute" }, "e-0");

    await stage.say(...many(1, 20));

    await expect.poll(ids).toEqual(places(20));
    expect(client.getSnapshot()).toMatchObject({ status: "CONNECTING" });
    await stage.script({ websocket: "serve", sse: "serve" });
    await stage.say(...many(21, 40));
    await expect.poll(() => client.getSnapshot().transport, FOUND).toBe("sse");
    await stage.say(...many(41, 60));
    await expect.poll(ids).toEqual(places(60));
  });

  test("a way that is good at once costs no more than two polls", async () => {
    const { client, ids, reaches, stage } = await follow({}, "e-0");
    await reaches("OPEN");
    await stage.say(...many(1, 5));
    await expect.poll(ids).toEqual(places(5));
    await proven(stage);
    await stage.say(...many(6, 9));
    await expect.poll(ids).toEqual(places(9));

    expect((await stage.seen()).polls.length).toBeLessThanOrEqual(2);
    expect(client.getSnapshot()).toMatchObject({ transport: "websocket" });
  });

  test("where nobody said where to begin, what comes between two beginnings is not missed", async () => {
    const { ids, reaches, stage } = await follow({ websocket: "mute" });
    await expect.poll(async () => (await stage.seen()).polls.length).toBeGreaterThan(0);

    await stage.write(...many(1, 3));

    await reaches("OPEN");
    await stage.say(progress(4, 4));
    await expect.poll(ids).toEqual(places(4));
  });
});

describe("a way is no good", () => {
  test.for(["mute", "stall", "lumps"] as const)("where all that streams is %s, polls stay", async (behaviour) => {
    const { client, ids, stage } = await follow({ websocket: behaviour, sse: behaviour, sse_post: behaviour }, "e-0");
    await stage.say(...many(1, 50));

    await expect.poll(() => client.getSnapshot(), FOUND).toMatchObject({ status: "OPEN", transport: "poll" });
    await stage.say(...many(51, 99));

    await expect.poll(ids).toEqual(places(99));
    expect(client.getSnapshot().fallback).toBe(behaviour === "lumps" ? "held" : "mute");
  });

  test("what is known of it holds for the next client, and no longer when the network is another one", async () => {
    const stage = newStage();
    const memory = newMemory();
    memory.remember("", { transport: "poll", fallback: "held" }, 0);
    const first = newClient({ transports: LADDER, memory });
    first.client.connect(`${stage.root}/v1/realtime`);
    expect(await first.reaches("OPEN")).toMatchObject({ transport: "poll", fallback: "held" });
    expect((await stage.seen()).connections).toEqual([]);

    window.dispatchEvent(new Event("online"));

    await expect.poll(() => first.client.getSnapshot(), FOUND).toMatchObject({ transport: "websocket", fallback: null });
    expect(first.statuses).toEqual(["CONNECTING", "OPEN"]);
  });

  test("the best is tried again after some minutes, and the other is left once that has shown to be good", async () => {
    const stage = newStage();
    await stage.script({ websocket: "refuse" });
    const clock = new HandClock();
    const { client, ids, statuses } = newClient({ transports: LADDER, clock });
    client.connect(`${stage.root}/v1/realtime?since=e-0`);
    await expect.poll(() => client.getSnapshot().transport).toBe("sse");
    await stage.say(...many(1, 5));
    await expect.poll(ids).toEqual(places(5));
    await stage.script({ websocket: "serve" });

    const later = async () => {
      await stage.say({ type: "ping", payload: { cursor: "e-5" }, timestamp: new Date().toISOString() });
      clock.advance(10_000);
      return client.getSnapshot().transport;
    };
    await expect.poll(later, FOUND).toBe("websocket");
    const left = async () => {
      const { connections } = await stage.seen();
      return { last: connections.at(-1), others: connections.slice(0, -1).filter(({ open }) => open) };
    };
    await expect.poll(left).toMatchObject({ last: { transport: "websocket", open: true }, others: [] });
    await stage.say(...many(6, 9));
    await expect.poll(ids).toEqual(places(9));
    expect(statuses).toEqual(["CONNECTING", "OPEN"]);
  });

  test("pings stay away although there is something to say: the next way is taken, from where it was", async () => {
    const stage = newStage();
    await stage.script({ heartbeat_seconds: 10 });
    const clock = new HandClock();
    const { client, ids, reaches } = newClient({ transports: LADDER, clock });
    client.connect(`${stage.root}/v1/realtime?since=e-0`);
    await reaches("OPEN");
    await stage.say(progress(1, 1));
    await expect.poll(ids).toEqual(places(1));
    await proven(stage);
    await stage.write(...many(2, 4));

    clock.advance(15_000);
    await expect.poll(async () => (await stage.seen()).tails.length).toBeGreaterThan(0);
    const later = () => {
      clock.advance(100);
      return client.getSnapshot();
    };

    await expect.poll(later, FOUND).toMatchObject({ status: "OPEN", transport: "sse", fallback: "mute" });
    await expect.poll(ids).toEqual(places(4));
  });

  test("a ping that tells of more than has come leads to a new stream", async () => {
    const { ids, reaches, stage } = await follow({}, "e-0");
    await reaches("OPEN");
    await stage.say(progress(1, 1));
    await expect.poll(ids).toEqual(places(1));
    await proven(stage);
    await stage.write(progress(2, 2));

    await stage.say({ type: "ping", payload: { cursor: "e-2", tail: 2 }, timestamp: new Date().toISOString() });

    await expect.poll(ids, FOUND).toEqual(places(2));
    await expect.poll(async () => (await stage.seen()).connections.length, FOUND).toBe(2);
  });
});

test("what the server left out is read from the log before anything that follows, and counted", async () => {
  const { client, ids, messages, reaches, stage } = await follow({}, "e-0");
  await reaches("OPEN");
  await stage.say(...many(1, 3));
  await expect.poll(ids).toEqual(places(3));
  await stage.write(...many(4, 500));

  const payload = { from: "e-4", to: "e-500", reason: "slow", dropped: { progress: 490 } };
  await stage.say({ type: "gap", payload, timestamp: new Date().toISOString() }, progress(499, 99), ...many(501, 503));

  await expect.poll(ids).toEqual(places(503));
  expect(client.gaps).toBe(1);
  expect(messages.some(({ type }) => type === "gap")).toBe(false);
});

test("an answer that its server ends after a while is asked for again at once, and nobody sees it", async () => {
  const stage = newStage();
  await stage.script(LEADS_TO.sse);
  const clock = new HandClock();
  const { client, ids, reaches, statuses } = newClient({ transports: LADDER, clock });
  client.connect(`${stage.root}/v1/realtime?since=e-0`);
  await reaches("OPEN");
  await stage.say(...many(1, 3));
  await expect.poll(ids).toEqual(places(3));
  clock.advance(2_000);

  await stage.write(...many(4, 6));
  await stage.finish();

  await expect.poll(ids).toEqual(places(6));
  await expect.poll(async () => (await stage.seen()).connections).toMatchObject([{ open: false }, { open: true }]);
  await stage.say(...many(7, 9));
  await expect.poll(ids).toEqual(places(9));
  expect(statuses).toEqual(["CONNECTING", "OPEN"]);
});

test("an address too long for a proxy goes as a body", async () => {
  const stage = newStage();
  await stage.script(LEADS_TO.poll);
  const jobs = Array.from({ length: 150 }, (_, index) => `job_id=00000000-0000-7000-8000-${String(index).padStart(12, "0")}`);
  const { client, ids, reaches } = newClient({ transports: LADDER });
  onTestFinished(() => client.disconnect());

  client.connect(`${stage.root}/v1/realtime?${jobs.join("&")}&job_id=${JOB}&since=e-0`);

  expect(await reaches("OPEN")).toMatchObject({ transport: "poll" });
  await stage.say(...many(1, 5));
  await expect.poll(ids).toEqual(places(5));
});
