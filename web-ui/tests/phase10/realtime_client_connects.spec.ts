import { expect, test } from "vitest";

import { newClient } from "./clients.ts";
import { newStage } from "./stage.ts";
import { progress } from "./wire_messages.ts";

test("a client connects, hears what the server says, and leaves", async () => {
  const stage = newStage();
  const { client, messages, statuses, reaches } = newClient();
  expect(client.isConnected()).toBe(false);

  client.connect(`${stage.root}/v1/realtime`);
  await reaches("OPEN");
  expect(client.isConnected()).toBe(true);
  await stage.say(progress(1, 40));
  await expect.poll(() => messages).toEqual([progress(1, 40)]);

  client.disconnect();
  expect(client.isConnected()).toBe(false);
  await expect.poll(async () => (await stage.seen()).connections).toMatchObject([{ transport: "websocket", open: false }]);
  await stage.say(progress(2, 41));
  expect(messages).toHaveLength(1);
  expect(statuses).toEqual(["CONNECTING", "OPEN", "IDLE"]);
});
