/** The one client of the HTTP interface. Its types come from the server's own description (`schema.ts`). */
import createClient from "openapi-fetch";

import { ApiProblem, problemFrom, unreachable } from "./problems.ts";
import { rootPath } from "./root.ts";
import type { components, paths } from "./schema.ts";

export type Schemas = components["schemas"];

export const api = createClient<paths>({
  baseUrl: rootPath,
  // Looked up at each call: a test may replace it.
  fetch: (request) => fetch(request),
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The content of an answer; throws an `ApiProblem` that says what went wrong, also where no answer came. */
export async function contentOf<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch (error) {
    if (error instanceof ApiProblem || (error instanceof DOMException && error.name === "AbortError")) throw error;
    throw unreachable(error);
  }
  if (answer.data === undefined) throw problemFrom(answer.response.status, answer.error);
  return answer.data;
}
