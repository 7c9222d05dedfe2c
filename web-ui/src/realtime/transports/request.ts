/** One request at the stream's address, by `GET` or by `POST`, and what an answer says that is none of ours. */
import type { StreamEnd } from "./transport.ts";

/** Answers that coming back would only repeat: the server's own refusals. */
const FINAL_STATUSES: ReadonlySet<number> = new Set([400, 401, 403, 404, 410, 422]);
/** The server's own, too, but another way of asking may do. */
const OTHER_WAY_STATUSES: ReadonlySet<number> = new Set([405, 414, 431]);
/** Parameters that may come more than once. */
const LISTS: readonly string[] = ["job_id", "batch_id"];
const NUMBERS: readonly string[] = ["heartbeat", "wait", "pad"];

/** The connection broke, or was never there: it is the same to whoever comes back. */
export const BROKEN: StreamEnd = { code: null, reason: "", final: false };

export type Method = "GET" | "POST";

/** Ask; a `POST` carries the query as its body. Rejects where nothing answers. */
export function request(url: URL, method: Method, accept: string, signal: AbortSignal): Promise<Response> {
  const common = { cache: "no-store", signal } as const;
  if (method === "GET") return fetch(url, { ...common, headers: { Accept: accept } });
  const headers = { Accept: accept, "Content-Type": "application/json" };
  return fetch(url.origin + url.pathname, { ...common, method, headers, body: JSON.stringify(bodyOf(url.searchParams)) });
}

/** Why this is not what was asked for: a problem document's `detail` where that is what came. */
export async function refusal(response: Response): Promise<StreamEnd> {
  const isProblem = (response.headers.get("Content-Type") ?? "").startsWith("application/problem+json");
  const problem: unknown = isProblem ? await response.json() : null;
  const detail = typeof problem === "object" && problem !== null ? (Reflect.get(problem, "detail") as unknown) : null;
  return {
    // What a proxy answers in its own words says nothing about the next way, and may be over in a moment.
    code: isProblem && !OTHER_WAY_STATUSES.has(response.status) ? response.status : null,
    reason: typeof detail === "string" ? detail : response.statusText,
    final: isProblem && FINAL_STATUSES.has(response.status),
  };
}

function bodyOf(query: URLSearchParams): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [name, value] of query) {
    if (LISTS.includes(name)) body[name] = query.getAll(name);
    else if (NUMBERS.includes(name)) body[name] = Number(value);
    else if (name === "probe") body[name] = value === "1";
    else body[name] = value;
  }
  return body;
}
