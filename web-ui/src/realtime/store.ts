/** The state of one watched job, and who looks at it. No React: `useRealtime.ts` is the way in for components. */
import { initialState } from "./initial_state.ts";
import { reduce } from "./reducer.ts";
import type { RealtimeAction, RealtimeState } from "./state.ts";

/** What `RealtimeContext` carries. The object stays the same; `state` is the newest one at any moment. */
export interface RealtimeContextType {
  readonly state: RealtimeState;
  readonly dispatch: (action: RealtimeAction) => void;
  /** Have `listener` called after every change of the state; what it returns ends that. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Connect at once, where the connection was given up or waits for its next attempt. */
  readonly reconnect: () => void;
}

export interface StoreOptions {
  state?: RealtimeState;
  reconnect?: () => void;
}

/** A store of its own; stories and tests put a made state in. */
export function createStore({ state: first = initialState, reconnect = () => undefined }: StoreOptions = {}): RealtimeContextType {
  let state = first;
  const listeners = new Set<() => void>();
  return {
    get state() {
      return state;
    },
    dispatch(action) {
      const next = reduce(state, action);
      if (next === state) return;
      state = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      // A listener of its own, so that the same function given twice is called twice and taken away once.
      const entry = () => listener();
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    reconnect,
  };
}
