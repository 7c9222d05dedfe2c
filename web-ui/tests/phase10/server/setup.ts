/** Starts, once for all specs, the server that they talk to. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { TestProject } from "vitest/node";

import type {} from "./provided.ts";
import { startScriptedServer } from "./scripted_server.ts";

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = startScriptedServer();
  await once(server, "listening");
  project.provide("scriptedServer", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
}
