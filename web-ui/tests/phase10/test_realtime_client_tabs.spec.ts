/** Clients of one browser share a stream. A page's own clients do so as well as those of several tabs. */
import { describe, expect, onTestFinished, test, vi } from "vitest";

import { LADDER } from "../../src/realtime/RealtimeClient.ts";
import { shareBetweenTabs } from "../../src/realtime/shared_stream.ts";
import { newClient, type Watched } from "./clients.ts";
import { newStage, type Stage } from "./stage.ts";
import { JOB, progress } from "./wire_messages.ts";

const PATIENCE = { timeout: 20_000 };

const many = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => progress(from + index, (from + index) % 100));
const places = (to: number) => many(1, to).map(({ id }) => id);

function newTab(stage: Stage, query = `job_id=${JOB}&since=e-0`): Watched {
  const tab = newClient({ transports: LADDER, share: shareBetweenTabs });
  tab.client.connect(`${stage.root}/v1/realtime?${query}`);
  return tab;
}

async function newTabs(stage: Stage, count: number): Promise<[Watched, ...Watched[]]> {
  const leader = newTab(stage);
  await leader.reaches("OPEN");
  const followers = Array.from({ length: count - 1 }, () => newTab(stage));
  for (const tab of followers) await tab.reaches("OPEN");
  return [leader, ...followers];
}

const open = async (stage: Stage) => (await stage.seen()).connections.filter((connection) => connection.open);

test("seven tabs have one stream, and each gets everything once", async () => {
  const stage = newStage();
  await stage.write(...many(1, 20));
  const tabs = await newTabs(stage, 7);

  await stage.say(...many(21, 60));

  for (const tab of tabs) await expect.poll(tab.ids, PATIENCE).toEqual(places(60));
  expect((await stage.seen()).connections).toHaveLength(1);
  expect(tabs.map(({ client }) => client.getSnapshot().shared)).toEqual([false, true, true, true, true, true, true]);
});

test("who asks for something else has a stream of its own", async () => {
  const stage = newStage();
  const [leader] = await newTabs(stage, 2);
  const other = newTab(stage, "job_id=other&since=e-0");
  await other.reaches("OPEN");

  await stage.say(progress(1, 1), progress(2, 2, { jobId: "other" }));

  await expect.poll(leader.ids).toEqual(["e-1"]);
  await expect.poll(other.ids).toEqual(["e-2"]);
  expect(await open(stage)).toHaveLength(2);
});

test("the order of what is asked for, and where it begins, makes no difference", async () => {
  const stage = newStage();
  await stage.write(...many(1, 9));
  const one = newTab(stage, `job_id=${JOB}&job_id=other&since=e-5`);
  await one.reaches("OPEN");

  const two = newTab(stage, `since=e-0&job_id=other&job_id=${JOB}`);

  await two.reaches("OPEN");
  await stage.say(progress(10, 10));
  await expect.poll(two.ids).toEqual(places(10));
  await expect.poll(one.ids).toEqual(places(10).slice(5));
  expect(await open(stage)).toHaveLength(1);
});

test("the tab with the stream is closed, and another goes on from where it was itself", async () => {
  const stage = newStage();
  const [leader, ...followers] = await newTabs(stage, 3);
  await stage.say(...many(1, 10));
  for (const tab of followers) await expect.poll(tab.ids).toEqual(places(10));

  await stage.write(...many(11, 15));
  leader.client.disconnect();

  for (const tab of followers) await expect.poll(tab.ids, PATIENCE).toEqual(places(15));
  await expect.poll(() => open(stage), PATIENCE).toHaveLength(1);
  await stage.say(...many(16, 30));
  for (const tab of followers) await expect.poll(tab.ids, PATIENCE).toEqual(places(30));
  expect(leader.ids()).toEqual(places(10));
});

test("the stream is lost, and all of them say so and are right again", async () => {
  const stage = newStage();
  const tabs = await newTabs(stage, 3);
  await stage.say(...many(1, 10));
  for (const tab of tabs) await expect.poll(tab.ids).toEqual(places(10));

  await stage.write(...many(11, 15));
  await stage.cut();

  for (const tab of tabs) {
    await expect.poll(tab.ids, PATIENCE).toEqual(places(15));
    await expect.poll(() => tab.statuses, PATIENCE).toEqual(expect.arrayContaining(["RECONNECTING"]));
    await tab.reaches("OPEN");
  }
  await stage.say(...many(16, 30));
  for (const tab of tabs) await expect.poll(tab.ids, PATIENCE).toEqual(places(30));
  expect(await open(stage)).toHaveLength(1);
});

test("a refusal that is final is so for all", async () => {
  const stage = newStage();
  const tabs = await newTabs(stage, 2);

  await stage.close(4003, "no");

  for (const tab of tabs) expect(await tab.reaches("CLOSED")).toMatchObject({ error: { final: true } });
});

test("the others say over what it comes, and why", async () => {
  const stage = newStage();
  await stage.script({ websocket: "refuse", sse: "refuse", sse_post: "refuse" });

  const [leader, follower] = await newTabs(stage, 2);

  const poll = { status: "OPEN", transport: "poll", fallback: "refused" };
  expect(leader.client.getSnapshot()).toMatchObject({ ...poll, shared: false });
  expect(follower?.client.getSnapshot()).toMatchObject({ ...poll, shared: true });
});

test("a tab that should have the stream and says nothing is not waited for", async () => {
  const stage = newStage();
  let release: () => void = () => undefined;
  const name = `transom.stream ${stage.root}/v1/realtime?job_id=${JOB}`;
  void navigator.locks.request(name, () => new Promise<void>((resolve) => (release = resolve)));
  onTestFinished(() => release());

  const tab = newTab(stage);
  await stage.say(...many(1, 5));

  await expect.poll(tab.ids).toEqual(places(5));
  await expect.poll(() => tab.client.getSnapshot(), PATIENCE).toMatchObject({ status: "OPEN", transport: "websocket", shared: false });
});

describe("where a browser has no means for it", () => {
  test("each has its own stream", async () => {
    vi.stubGlobal("BroadcastChannel", undefined);
    onTestFinished(() => void vi.unstubAllGlobals());
    const stage = newStage();

    const tabs = await newTabs(stage, 2);
    await stage.say(...many(1, 5));

    for (const tab of tabs) await expect.poll(tab.ids).toEqual(places(5));
    expect(await open(stage)).toHaveLength(2);
  });
});
