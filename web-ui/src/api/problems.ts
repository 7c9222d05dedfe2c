/** Problem documents (RFC 9457) in words for a person: what happened, what is safe, what to do next. */

export interface FieldProblem {
  field: string;
  message: string;
}

/** A call that failed: by the server's answer, or because none came (`status` 0). */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly retryable: boolean;
  readonly requestId: string | null;
  readonly fields: readonly FieldProblem[];

  constructor(about: {
    status: number;
    code: string;
    title: string;
    detail: string;
    retryable: boolean;
    requestId?: string | null;
    fields?: readonly FieldProblem[];
    cause?: unknown;
  }) {
    super(about.title, { cause: about.cause });
    this.status = about.status;
    this.code = about.code;
    this.detail = about.detail;
    this.retryable = about.retryable;
    this.requestId = about.requestId ?? null;
    this.fields = about.fields ?? [];
  }
}

/** What a page shows of a failure. */
export interface ProblemWords {
  title: string;
  /** What happened. */
  what: string;
  /** What was kept, or what did not happen. */
  safe: string;
  /** What to do now. */
  next: string;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textIn(record: Record<string, unknown>, name: string, otherwise: string): string {
  const value = record[name];
  return typeof value === "string" && value !== "" ? value : otherwise;
}

function fieldsIn(value: unknown): FieldProblem[] {
  if (!Array.isArray(value)) return [];
  return value
    .filter(isRecord)
    .map((item) => ({ field: textIn(item, "field", ""), message: textIn(item, "message", "is wrong") }));
}

/** The problem that an answer with this status and body tells of; the body need not be a problem document. */
export function problemFrom(status: number, body: unknown): ApiProblem {
  const told = isRecord(body) ? body : {};
  const fromTransom = typeof told.code === "string";
  return new ApiProblem({
    status,
    code: textIn(told, "code", `HTTP_${status}`),
    title: textIn(told, "title", status >= 500 ? "The server failed" : "The request was refused"),
    detail: textIn(told, "detail", fromTransom ? "" : `Something on the way answered with status ${status}.`),
    retryable: told.retryable === true || (!fromTransom && status >= 500),
    requestId: textIn(told, "request_id", "") || null,
    fields: fieldsIn(told.errors),
  });
}

/** The problem of a call that got no answer at all. */
export function unreachable(cause: unknown): ApiProblem {
  return new ApiProblem({
    status: 0,
    code: "UNREACHABLE",
    title: "The server can't be reached",
    detail: navigator.onLine
      ? "No answer came: the server may be restarting, or something on the way cuts the connection."
      : "This device is offline.",
    retryable: true,
    cause,
  });
}

/** Any error as a problem, so that a page has one thing to show. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  return new ApiProblem({
    status: 0,
    code: "PAGE_FAILED",
    title: "This page failed",
    detail: error instanceof Error ? error.message : String(error),
    retryable: true,
    cause: error,
  });
}

/** Where the server's own title says what its detail says again. */
const TITLES: Readonly<Record<string, string>> = {
  UNSUPPORTED_INPUT: "This file can't be used",
  URL_NOT_ALLOWED: "This address may not be fetched from",
  URL_FORBIDDEN_ADDRESS: "This address may not be fetched from",
};

const NEXT: Readonly<Record<string, string>> = {
  UNREACHABLE: "It is tried again by itself. If it goes on, ask whoever runs this server.",
  NO_WORKER: "A worker may just be starting: try again in a moment.",
  DATABASE_UNAVAILABLE: "Wait a moment, then try again.",
  TOO_BUSY: "Wait a moment, then try again.",
  DEVICE_UNAVAILABLE: "Choose another device, or start a worker that has it.",
  BODY_TOO_LARGE: "Choose a smaller file, or ask whoever runs this server to raise the limit.",
  HTTP_413: "A proxy in front of the server limits the size of a file. Choose a smaller one, or have the limit raised.",
  UPLOAD_TOO_LARGE: "Choose a smaller file, or ask whoever runs this server to raise the limit.",
  TOO_MANY_UPLOADS: "Wait until other uploads are done, or ask whoever runs this server to raise the limit.",
  UNSUPPORTED_INPUT: "Choose another file.",
  INPUT_UNREADABLE: "The file may be damaged: choose another one.",
  URL_NOT_ALLOWED: "Choose the file itself, or ask whoever runs this server to allow that host.",
  URL_FORBIDDEN_ADDRESS: "Choose the file itself, or ask whoever runs this server to allow that network.",
  URL_INVALID: "Correct the address.",
  URL_UNREACHABLE: "Look whether the address opens in a browser, then try again.",
  URL_TIMEOUT: "Try again, or choose the file itself.",
  URL_BAD_STATUS: "Look whether the address opens in a browser without signing in.",
  URL_TOO_LARGE: "Choose a smaller file, or ask whoever runs this server to raise the limit.",
  URL_TOO_MANY_REDIRECTS: "Give the address that the redirects end at.",
  JOB_NOT_FOUND: "Look for it in the list of jobs.",
  BATCH_NOT_FOUND: "Look for it in the list of batches.",
  BATCH_NOT_ENDED: "Cancel it first, or wait until all of it has ended.",
  TOO_MANY_ITEMS: "Send them as several batches, or ask whoever runs this server to raise the limit.",
  INVALID_MANIFEST: "Correct the manifest, then choose it again.",
  JOB_ALREADY_ENDED: "Nothing needs to be done: the list shows how it ended.",
  PLUGIN_NOT_FOUND: "Choose another plugin.",
  TOOL_NOT_FOUND: "Choose another tool.",
  REQUEST_IN_PROGRESS: "The first try is still under way: wait a moment, then try again.",
  NOT_ALLOWED: "Ask whoever runs this server for the right to do this.",
};

function safeWords(problem: ApiProblem, doing: "read" | "submit" | "change"): string {
  if (doing === "read") return "Nothing was changed.";
  if (problem.code === "UNREACHABLE" || problem.status >= 500) {
    return doing === "submit"
      ? "Your file and settings are still here, and trying again makes no second job."
      : "It may or may not have been done; trying again does no harm.";
  }
  // The file is what has to go.
  if (doing === "submit" && problem.code === "UNSUPPORTED_INPUT") return "No job was made; your settings are still here.";
  return doing === "submit" ? "No job was made; your file and settings are still here." : "Nothing was changed.";
}

/** The words for a problem that came up while reading, submitting or changing something. */
export function wordsFor(error: unknown, doing: "read" | "submit" | "change"): ProblemWords {
  const problem = asProblem(error);
  const otherwise =
    problem.fields.length > 0
      ? "Correct what is marked, then try again."
      : problem.retryable
        ? "Try again in a moment."
        : "If it goes on, ask whoever runs this server.";
  const trace = problem.status >= 500 && problem.requestId !== null ? ` Request ${problem.requestId} is in its log.` : "";
  return {
    title: TITLES[problem.code] ?? problem.message,
    what: problem.detail,
    safe: safeWords(problem, doing),
    next: `${NEXT[problem.code] ?? otherwise}${trace}`,
  };
}
