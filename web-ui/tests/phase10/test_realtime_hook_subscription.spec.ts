import { createElement, type ReactNode, StrictMode } from "react";
import { describe, expect, test } from "vitest";
import { render, renderHook } from "vitest-browser-react";

import { RealtimeContext } from "../../src/realtime/RealtimeContext.tsx";
import { createStore } from "../../src/realtime/store.ts";
import { useRealtime, useRealtimeMessages } from "../../src/realtime/useRealtime.ts";
import { newStage } from "./stage.ts";
import { JOB, progress, warning } from "./wire_messages.ts";

describe("useRealtime", () => {
  test("renders again when its part changed, and only then", async () => {
    const store = createStore();
    store.dispatch({ type: "WATCH", jobId: JOB });
    let renders = 0;
    function Percent() {
      renders += 1;
      return createElement("output", null, String(useRealtime((state) => state.progress?.percent ?? "none")));
    }
    const screen = await render(createElement(RealtimeContext, { value: store }, createElement(Percent)));
    const output = screen.getByRole("status");
    await expect.element(output).toHaveTextContent("none");

    store.dispatch({ type: "MESSAGES", messages: [progress(1, 40)], now: 1_000 });
    await expect.element(output).toHaveTextContent("40");
    const before = renders;
    store.dispatch({ type: "MESSAGES", messages: [warning(2, "dark"), warning(3, "wet")], now: 1_000 });
    store.dispatch({ type: "MESSAGES", messages: [progress(4, 41)], now: 1_000 });
    await expect.element(output).toHaveTextContent("41");

    expect(renders).toBe(before + 1);
  });

  test("leaves nothing behind when the component goes", async () => {
    let subscribed = 0;
    const real = createStore();
    const store = {
      ...real,
      state: real.state,
      subscribe: (listener: () => void) => {
        subscribed += 1;
        const stop = real.subscribe(listener);
        return () => {
          subscribed -= 1;
          stop();
        };
      },
    };
    const wrapper = ({ children }: { children: ReactNode }) => createElement(RealtimeContext, { value: store }, children);
    const hook = await renderHook(() => useRealtime((state) => state.progress), { wrapper });
    expect(subscribed).toBe(1);

    await hook.unmount();

    expect(subscribed).toBe(0);
  });

  test("says what is missing where there is no provider", async () => {
    let said: unknown;
    function Lost() {
      try {
        useRealtime();
      } catch (error) {
        said = error;
      }
      return null;
    }
    await render(createElement(Lost));

    expect(said).toMatchObject({ message: "There is no RealtimeProvider above this component." });
  });
});

describe("useRealtimeMessages", () => {
  test("hands each message to the handler of the newest render, over one connection", async () => {
    const stage = newStage();
    const heard: string[] = [];
    const hook = await renderHook(
      (props?: { name: string }) =>
        useRealtimeMessages({ root: stage.root, types: ["progress"] }, (message) => {
          heard.push(`${props?.name ?? ""} ${message.id ?? message.type}`);
        }),
      { initialProps: { name: "first" } },
    );
    await expect.poll(() => hook.result.current.connection.status).toBe("OPEN");
    await stage.say(progress(1, 10, { jobId: "a" }), warning(2, "unasked"), progress(3, 10, { jobId: "b" }));
    await expect.poll(() => heard).toEqual(["first e-1", "first e-3"]);

    await hook.rerender({ name: "second" });
    await stage.say(progress(4, 20));
    await stage.say({ type: "reset", payload: { reason: "trimmed", cursor: "e-4" }, timestamp: "2026-03-14T09:26:53Z" });

    await expect.poll(() => heard).toEqual(["first e-1", "first e-3", "second e-4", "second reset"]);
    expect((await stage.seen()).connections).toHaveLength(1);
  });

  test("holds one connection in strict mode, and none when the component has gone", async () => {
    const stage = newStage();
    const hook = await renderHook(() => useRealtimeMessages({ root: stage.root }, () => undefined), { wrapper: StrictMode });
    await expect.poll(() => hook.result.current.connection.status).toBe("OPEN");
    await expect.poll(async () => (await stage.seen()).connections.filter(({ open }) => open)).toHaveLength(1);

    await hook.unmount();

    await expect.poll(async () => (await stage.seen()).connections.filter(({ open }) => open)).toHaveLength(0);
  });
});
