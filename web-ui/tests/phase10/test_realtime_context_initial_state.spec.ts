import { expect, test } from "vitest";

import { initialState } from "../../src/realtime/initial_state.ts";
import { reduce } from "../../src/realtime/reducer.ts";
import { type RealtimeState, TIMELINE_BINS } from "../../src/realtime/state.ts";
import { createStore } from "../../src/realtime/store.ts";
import { frame, JOB, progress, status, warning } from "./wire_messages.ts";

test("before anything came, nothing is claimed", () => {
  const { state } = createStore();

  expect(state).toMatchObject({
    isConnected: false,
    progress: null,
    currentFrame: null,
    pluginTimings: {},
    warnings: [],
    errors: [],
    pluginMetadata: {},
    status: null,
    ended: false,
    transport: null,
    connection: { status: "IDLE", error: null, attempt: 0, retryAt: null },
  });
  expect(state.timeline).toMatchObject({ lastFrame: -1, framesPerBin: 1 });
  expect(state.timeline.bins).toEqual(Array(TIMELINE_BINS).fill(0));
});

test("watching another job forgets everything but how the page is connected", () => {
  const connection = { ...initialState.connection, status: "OPEN", transport: "sse", fallback: "refused" } as const;
  let state: RealtimeState = reduce(initialState, { type: "WATCH", jobId: JOB });
  state = reduce(state, { type: "CONNECTION", connection });
  const messages = [status(1, "running"), progress(2, 40), frame(3, 0), warning(4, "dark"), status(5, "done")];
  state = reduce(state, { type: "MESSAGES", messages, now: 1_000 });
  expect(state.ended).toBe(true);

  state = reduce(state, { type: "WATCH", jobId: "another" });

  expect(state).toEqual({ ...initialState, jobId: "another", connection, transport: "sse", isConnected: true });
});

test("a store gives the same state until something changed", () => {
  const store = createStore();
  store.dispatch({ type: "WATCH", jobId: JOB });
  const before = store.state;
  let calls = 0;
  const unsubscribe = store.subscribe(() => (calls += 1));

  store.dispatch({ type: "MESSAGES", messages: [progress(1, 10, { jobId: "another" })], now: 1_000 });
  expect(store.state).toBe(before);
  expect(calls).toBe(0);

  store.dispatch({ type: "MESSAGES", messages: [progress(1, 10)], now: 1_000 });
  expect(store.state).not.toBe(before);
  expect(calls).toBe(1);

  unsubscribe();
  store.dispatch({ type: "MESSAGES", messages: [progress(2, 20)], now: 1_000 });
  expect(calls).toBe(1);
});
