/** What only the demonstration's page asks of the server. */
import { checkMessage, type RealtimeMessage } from "../realtime/messages.ts";
import { api, contentOf, type Schemas } from "./client.ts";

/** What is done to the page's streams; `none` leaves them as they are. */
export type Habit = Schemas["DemoNetwork"]["break"];

/** Have the streams of this session treated so from now on; for how many seconds. Throws an `ApiProblem`. */
export async function breakNetwork(sessionId: string, habit: Habit): Promise<number> {
  const body = { session_id: sessionId, break: habit };
  return (await contentOf(api.POST("/v1/demo/network", { body }))).seconds;
}

export interface LogPage {
  messages: RealtimeMessage[];
  /** Where to read on at once; null where this is all there is now. */
  nextAfter: string | null;
}

/** A page of a job's log, above this cursor. Throws an `ApiProblem`. */
export async function readLog(jobId: string, after: string, signal: AbortSignal): Promise<LogPage> {
  const params = { path: { job_id: jobId }, query: { after, limit: 1000 } };
  // It may be lines as well, which are not asked for.
  const page = (await contentOf(api.GET("/v1/jobs/{job_id}/events", { params, signal }))) as Schemas["EventPage"];
  const messages = page.messages.flatMap((entry) => {
    const parsed = checkMessage(entry);
    return parsed.kind === "message" ? [parsed.message] : [];
  });
  return { messages, nextAfter: page.next_after };
}
