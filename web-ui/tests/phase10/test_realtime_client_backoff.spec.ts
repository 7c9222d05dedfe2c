import { expect, test } from "vitest";

import { Backoff, PAUSES_MS } from "../../src/realtime/backoff.ts";
import { newClient } from "./clients.ts";
import { HandClock } from "./hand_clock.ts";
import { newStage } from "./stage.ts";
import { progress } from "./wire_messages.ts";

test("there are five pauses, each up to twice as long as the one before", () => {
  const backoff = new Backoff(() => 1);

  expect(PAUSES_MS.map(() => backoff.next())).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
  expect(backoff.next()).toBeNull();
});

test("chance makes a pause shorter, never longer, and never less than half", () => {
  const shortest = new Backoff(() => 0);
  const chance = new Backoff();

  expect(PAUSES_MS.map(() => shortest.next())).toEqual([500, 1_000, 2_000, 4_000, 8_000]);
  for (const longest of PAUSES_MS) {
    const pause = chance.next();
    expect(pause).toBeGreaterThanOrEqual(longest / 2);
    expect(pause).toBeLessThanOrEqual(longest);
  }
});

test("a client waits out each pause, says which attempt is next and when, and stops after the fifth", async () => {
  const stage = newStage();
  await stage.script({ websocket: "down", sse: "down" });
  const clock = new HandClock();
  const { client, reaches } = newClient({ clock, random: () => 1 });
  client.connect(`${stage.root}/v1/realtime`);

  for (const [index, pause] of PAUSES_MS.entries()) {
    const info = await reaches("RECONNECTING");
    expect(info).toMatchObject({ attempt: index + 1, retryAt: clock.now() + pause });
    clock.advance(pause - 1);
    expect(client.getSnapshot()).toBe(info);
    clock.advance(1);
    expect(client.getSnapshot()).toMatchObject({ status: "CONNECTING", attempt: index + 1 });
  }

  await reaches("CLOSED");
});

test("once data has come, the next loss begins with the shortest pause again", async () => {
  const stage = newStage();
  await stage.script({ websocket: "down", sse: "down" });
  const clock = new HandClock();
  const { client, ids, reaches } = newClient({ clock, random: () => 1 });
  client.connect(`${stage.root}/v1/realtime`);
  for (const pause of [1_000, 2_000]) {
    await reaches("RECONNECTING");
    clock.advance(pause);
  }
  await reaches("RECONNECTING");
  await stage.script({ websocket: "serve" });
  clock.advance(4_000);
  await reaches("OPEN");
  await stage.say(progress(1, 10));
  await expect.poll(ids).toEqual(["e-1"]);

  await stage.cut();

  expect(await reaches("RECONNECTING")).toMatchObject({ attempt: 1, retryAt: clock.now() + 1_000 });
});

test("a server that only says to come back later is given longer and longer", async () => {
  const stage = newStage();
  await stage.script({ websocket: "busy" });
  const clock = new HandClock();
  const { client, errors, reaches } = newClient({ clock, random: () => 1 });
  client.connect(`${stage.root}/v1/realtime`);

  for (const [index, pause] of PAUSES_MS.entries()) {
    expect(await reaches("RECONNECTING")).toMatchObject({ attempt: index + 1, retryAt: clock.now() + pause });
    clock.advance(pause);
  }

  expect(await reaches("CLOSED")).toMatchObject({ error: { code: "CONNECTION_LOST", final: false } });
  expect(errors.filter(({ code }) => code === "TOO_BUSY")).toHaveLength(6);
  expect((await stage.seen()).connections).toEqual([]);
});

test("a server that says hello and nothing more does not count as one that works", async () => {
  const stage = newStage();
  const clock = new HandClock();
  const { client, reaches } = newClient({ clock, random: () => 1 });
  client.connect(`${stage.root}/v1/realtime`);

  for (const [index, pause] of PAUSES_MS.entries()) {
    await reaches("OPEN");
    await stage.cut();
    expect(await reaches("RECONNECTING")).toMatchObject({ attempt: index + 1 });
    clock.advance(pause);
  }
  await reaches("OPEN");
  await stage.cut();

  await reaches("CLOSED");
});
