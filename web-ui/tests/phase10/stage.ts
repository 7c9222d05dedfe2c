/** A spec's own server, seen from the page. What it does is in `server/stage.ts`. */
import { inject } from "vitest";

import type {} from "./server/provided.ts";
import type { Script, Seen } from "./server/stage.ts";

export interface Stage {
  /** The path below which this stage is the product: `${root}/v1/realtime` is its stream. */
  root: string;
  /** Say from now on what goes wrong. */
  script(script: Partial<Script>): Promise<Seen>;
  /** Have these said to everybody who is connected; those with an `id` are kept for whoever comes later. */
  say(...messages: readonly unknown[]): Promise<Seen>;
  /** Have these happen while nobody is told. */
  write(...messages: readonly unknown[]): Promise<Seen>;
  /** Break every connection without a word. */
  cut(): Promise<Seen>;
  /** End answers as a server does that ends long ones after a while. */
  finish(): Promise<Seen>;
  close(code: number, reason?: string): Promise<Seen>;
  seen(): Promise<Seen>;
}

/** A stage that nobody else is on. A text is said as it is; anything else as JSON. */
export function newStage(): Stage {
  const root = `${inject("scriptedServer")}/stage/${crypto.randomUUID()}`;
  const direct = async (what: string, body: object = {}): Promise<Seen> => {
    const response = await fetch(`${root}?do=${what}`, { method: "POST", body: JSON.stringify(body) });
    return (await response.json()) as Seen;
  };
  const texts = (messages: readonly unknown[]) =>
    messages.map((message) => (typeof message === "string" ? message : JSON.stringify(message)));
  return {
    root,
    script: (script) => direct("script", script),
    say: (...messages) => direct("say", { texts: texts(messages) }),
    write: (...messages) => direct("write", { texts: texts(messages) }),
    cut: () => direct("cut"),
    finish: () => direct("finish"),
    close: (code, reason = "") => direct("close", { code, reason }),
    seen: () => direct("look"),
  };
}
