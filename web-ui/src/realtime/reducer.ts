/** The only place that makes a new state. Pure: the same state and action give the same result. */
import { Batch } from "./batch.ts";
import { isAbove, parseCursor } from "./cursor.ts";
import { unknownJob } from "./initial_state.ts";
import type { RealtimeMessage } from "./messages.ts";
import type { ConnectionInfo, JobSnapshot, RealtimeAction, RealtimeState } from "./state.ts";

/** The next state; the same object where nothing changed. */
export function reduce(state: RealtimeState, action: RealtimeAction): RealtimeState {
  switch (action.type) {
    case "WATCH":
      return unknownJob(action.jobId, state);
    case "SNAPSHOT":
      return fromSnapshot(state, action.snapshot, action.history, action.now ?? 0);
    case "MESSAGES":
      return folded(state, action.messages, action.now);
    case "CONNECTION":
      return connected(state, action.connection);
  }
}

function folded(state: RealtimeState, messages: readonly RealtimeMessage[], now: number): RealtimeState {
  const batch = new Batch(state, now);
  for (const message of messages) batch.take(message);
  return batch.finish();
}

function connected(state: RealtimeState, connection: ConnectionInfo): RealtimeState {
  if (connection === state.connection) return state;
  return { ...state, connection, transport: connection.transport, isConnected: connection.status === "OPEN" };
}

/** The job as the snapshot has it; the state as it is, where that knows better. */
function fromSnapshot(
  state: RealtimeState,
  snapshot: JobSnapshot,
  history: readonly RealtimeMessage[] | undefined,
  now: number,
): RealtimeState {
  if (snapshot.jobId !== state.jobId || isOutdated(state, snapshot)) return state;
  const { status, attempt, deviceRequested, deviceUsed, fallbackReason, cursor } = snapshot;
  const ended = status === "done" || status === "error" || status === "cancelled";
  const told = (history ?? []).filter((message) => message.id !== undefined && !isAbove(message.id, cursor));
  const base = folded({ ...unknownJob(state.jobId, state), attempt }, told, now);
  const { progress } = base;
  return {
    ...base,
    status,
    attempt,
    ended,
    deviceRequested,
    deviceUsed,
    fallbackReason,
    progress:
      snapshot.progress === null
        ? progress
        : {
            ...(progress ?? { plugin: null, tool: null, framesDone: null, framesTotal: null, etaSeconds: null, movedAt: now }),
            ...(ended ? { etaSeconds: null } : {}),
            percent: snapshot.progress,
            stage: snapshot.stage,
          },
    pluginTimings: { ...base.pluginTimings, ...snapshot.pluginTimings },
    ...(snapshot.error && base.errorsCount === 0 ? errorOf(snapshot.error, cursor, now) : {}),
    cursor,
  };
}

/** The error that ended the job, where the log has not told it. */
function errorOf(error: NonNullable<JobSnapshot["error"]>, id: string, now: number): Partial<RealtimeState> {
  const timestamp = new Date(now).toISOString();
  const entry = { id, plugin: null, message: error.message, code: error.error_code, timestamp };
  return { errors: [entry], errorsCount: 1 };
}

/** Whether the state is newer than the snapshot, or has an end that the snapshot does not know. */
function isOutdated(state: RealtimeState, snapshot: JobSnapshot): boolean {
  if (state.status === null) return false;
  if (state.ended && !["done", "error", "cancelled"].includes(snapshot.status)) return true;
  const mine = parseCursor(state.cursor ?? "");
  const its = parseCursor(snapshot.cursor);
  if (mine === null || mine.epoch !== its?.epoch) return false;
  return its.seq < mine.seq || snapshot.attempt < state.attempt;
}
