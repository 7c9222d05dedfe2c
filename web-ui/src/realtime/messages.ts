/**
 * The messages of the wire, and the check that each one passes on its way in.
 *
 * Strict on what is used here, tolerant of fields and types that a later version of the server added. The golden
 * examples of every type are `tests/wire/*.json`.
 */
import * as v from "valibot";

/** A longer text is not read at all. */
export const MAX_TEXT_LENGTH = 8 * 1024 * 1024;

const text = v.string();
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const duration = v.pipe(v.number(), v.finite(), v.minValue(0));
const coordinate = v.pipe(v.number(), v.finite());
const percent = v.pipe(v.number(), v.minValue(0), v.maxValue(100));

/** What the server leaves out may also come as null: both mean that it is not known. */
function maybe<const TSchema extends v.GenericSchema>(schema: TSchema) {
  return v.exactOptional(v.nullable(schema));
}

const jobStatusName = v.picklist(["queued", "running", "done", "error", "cancelled"]);
const severity = v.picklist(["low", "medium", "high"]);
const box = v.object({ x1: coordinate, y1: coordinate, x2: coordinate, y2: coordinate });

const frameData = v.pipe(
  v.object({
    frame_index: count,
    timestamp_ms: duration,
    boxes: v.array(box),
    scores: v.array(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
    labels: v.array(text),
    track_ids: maybe(v.array(v.nullable(v.number()))),
    texts: maybe(v.array(text)),
    polygons: maybe(v.array(v.array(v.tuple([coordinate, coordinate])))),
    tools: maybe(v.array(text)),
    data: maybe(v.record(text, v.unknown())),
  }),
  v.check(
    ({ boxes, scores, labels, track_ids, texts, polygons, tools }) =>
      [scores, labels, track_ids, texts, polygons, tools].every((list) => !list || list.length === boxes.length),
    "the lists of a frame are of different lengths",
  ),
);

const errorDetails = v.object({
  error_code: text,
  message: text,
  fallback: maybe(v.boolean()),
  frame_index: maybe(count),
});

const PAYLOADS = {
  hello: v.object({
    session_id: text,
    transport: text,
    cursor: text,
    heartbeat_seconds: v.pipe(v.number(), v.minValue(1), v.maxValue(600)),
    server_version: text,
  }),
  job_status: v.object({
    status: jobStatusName,
    device_requested: text,
    device_used: text,
    fallback: v.boolean(),
    fallback_reason: maybe(text),
    progress: percent,
    error: maybe(errorDetails),
  }),
  progress: v.object({
    job_id: text,
    progress: percent,
    stage: maybe(text),
    plugin: maybe(text),
    tool: maybe(text),
    frames_done: maybe(count),
    frames_total: maybe(count),
    eta_seconds: maybe(duration),
  }),
  frame: v.object({
    frame_id: text,
    frame_index: count,
    plugin: text,
    tool: text,
    data: frameData,
    device_used: text,
    timing_ms: duration,
    // A picture is fetched from where the page came from, and from nowhere else.
    image_url: maybe(v.pipe(text, v.regex(/^\/(?![/\\])/))),
    // The input's size, in whose pixels boxes are.
    width: maybe(count),
    height: maybe(count),
  }),
  partial_result: v.object({ result: v.unknown(), plugin: text, tool: maybe(text) }),
  plugin_status: v.object({
    plugin: text,
    tool: maybe(text),
    status: v.picklist(["started", "running", "completed", "failed"]),
    timing_ms: maybe(duration),
    frames_processed: maybe(count),
    warnings_count: maybe(count),
  }),
  metadata: v.object({ plugin: text, metadata: v.record(text, v.unknown()) }),
  warning: v.object({ plugin: text, message: text, severity, code: maybe(text), frame_id: maybe(text) }),
  error: v.object({ error: text, plugin: maybe(text), details: maybe(errorDetails), frame_id: maybe(text) }),
  batch_status: v.object({ batch_id: text, counts: v.record(text, count), total: count, progress: percent }),
  ping: v.object({ interval_seconds: maybe(duration), cursor: maybe(text), tail: maybe(count) }),
  pong: v.object({ timestamp: maybe(text) }),
  gap: v.object({ from: text, to: text, reason: text, dropped: v.record(text, count) }),
  reset: v.object({ reason: text, cursor: text }),
  subscribe: v.object({ job_id: text, since: maybe(text) }),
  unsubscribe: v.object({ job_id: text }),
} as const;

const envelope = v.object({
  type: text,
  payload: v.unknown(),
  timestamp: text,
  id: v.exactOptional(v.pipe(text, v.regex(/^[0-9a-z]{1,32}-\d{1,18}$/))),
  job_id: v.exactOptional(text),
  attempt: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
});

type Payloads = typeof PAYLOADS;

export type MessageType = keyof Payloads;

/** The payload of one type of message. */
export type PayloadOf<T extends MessageType> = v.InferOutput<Payloads[T]>;

interface Envelope {
  timestamp: string;
  /** A cursor; there on those from the log, as are `job_id` (not on `batch_status`) and `attempt`. */
  id?: string;
  job_id?: string;
  attempt?: number;
}

/** One message of one type. */
export type MessageOf<T extends MessageType> = Envelope & { type: T; payload: PayloadOf<T> };

/** Any message; `type` says which. */
export type RealtimeMessage = { [T in MessageType]: MessageOf<T> }[MessageType];

/** What a client says over a WebSocket. */
export type ClientMessage = { [T in "ping" | "pong" | "subscribe" | "unsubscribe"]: Pick<MessageOf<T>, "type" | "payload"> }[
  "ping" | "pong" | "subscribe" | "unsubscribe"
];

export type JobStatusName = PayloadOf<"job_status">["status"];
export type Severity = PayloadOf<"warning">["severity"];
export type FramePayload = PayloadOf<"frame">;
export type FrameData = FramePayload["data"];
export type Box = FrameData["boxes"][number];

/** Whether something in this frame is followed from frame to frame. */
export function hasTrack({ track_ids: tracks }: FrameData): boolean {
  return tracks?.some((track) => track !== null) ?? false;
}

export type ErrorPayload = PayloadOf<"error">;

export type ParseErrorCode = "MSG_INVALID_JSON" | "MSG_MISSING_FIELD" | "MSG_INVALID_FIELD" | "MSG_TOO_LARGE";

export type Parsed =
  | { kind: "message"; message: RealtimeMessage }
  /** A type that this version does not know: passed over. `id` is its place in the log, where it has one. */
  | { kind: "unknown"; type: string; id?: string }
  | { kind: "invalid"; code: ParseErrorCode; detail: string; id?: string };

/** Read one message as it came. Never throws, whatever came. */
export function parseMessage(received: string): Parsed {
  if (received.length > MAX_TEXT_LENGTH) return invalid("MSG_TOO_LARGE", "the message is too long");
  let data: unknown;
  try {
    data = JSON.parse(received);
  } catch {
    return invalid("MSG_INVALID_JSON", "the message is not JSON");
  }
  return checkMessage(data);
}

/** The same check for what has been JSON already, such as a page of a job's log. */
export function checkMessage(data: unknown): Parsed {
  if (typeof data !== "object" || data === null || Array.isArray(data)) {
    return invalid("MSG_INVALID_JSON", "a message is a JSON object");
  }
  const outer = v.safeParse(envelope, data, { abortEarly: true });
  if (!outer.success) return refused(outer.issues[0]);
  const { type } = outer.output;
  const place = outer.output.id === undefined ? {} : { id: outer.output.id };
  if (!isMessageType(type)) return { kind: "unknown", type: type.slice(0, 40), ...place };
  if (outer.output.payload === undefined) return { ...invalid("MSG_MISSING_FIELD", "the message has no payload"), ...place };
  const payload = v.safeParse<v.GenericSchema>(PAYLOADS[type], outer.output.payload, { abortEarly: true });
  if (!payload.success) return { ...refused(payload.issues[0]), ...place };
  // The payload was checked by the schema that `type` names: the pair is one of the union.
  return { kind: "message", message: { ...outer.output, payload: payload.output } as RealtimeMessage };
}

function isMessageType(type: string): type is MessageType {
  return Object.hasOwn(PAYLOADS, type);
}

function refused(issue: v.BaseIssue<unknown>): Parsed {
  const place = v.getDotPath(issue) ?? "payload";
  return issue.received === "undefined"
    ? invalid("MSG_MISSING_FIELD", `the message has no ${place}`)
    : invalid("MSG_INVALID_FIELD", `${place}: ${issue.message}`);
}

function invalid(code: ParseErrorCode, detail: string): Parsed {
  return { kind: "invalid", code, detail };
}
