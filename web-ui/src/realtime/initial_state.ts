/** What the page knows of a job before anything came. */
import type { ConnectionInfo, RealtimeState } from "./state.ts";
import { emptyTimeline } from "./timeline.ts";

export const idleConnection: ConnectionInfo = {
  status: "IDLE",
  transport: null,
  fallback: null,
  shared: false,
  attempt: 0,
  retryAt: null,
  error: null,
  offline: false,
};

export const initialState: RealtimeState = {
  jobId: null,
  isConnected: false,
  connection: idleConnection,
  transport: null,
  status: null,
  ended: false,
  attempt: 0,
  deviceRequested: null,
  deviceUsed: null,
  fallbackReason: null,
  progress: null,
  currentFrame: null,
  currentPicture: null,
  frames: [],
  timeline: emptyTimeline,
  hasTracks: false,
  pluginTimings: {},
  toolTimings: {},
  timingStats: {},
  pluginStatus: {},
  pluginMetadata: {},
  warnings: [],
  warningsTold: {},
  warningsOfTools: {},
  warningsByPlugin: {},
  warningsCount: 0,
  errors: [],
  errorsCount: 0,
  partialResult: null,
  log: [],
  cursor: null,
  skipped: {},
};

/** A state of this job of which nothing is known but how it is connected. */
export function unknownJob(jobId: string | null, { connection, isConnected, transport }: RealtimeState): RealtimeState {
  return { ...initialState, jobId, connection, isConnected, transport };
}
