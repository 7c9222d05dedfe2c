import { describe, expect, test } from "vitest";

import { MAX_TEXT_LENGTH, type ParseErrorCode, parseMessage } from "../../src/realtime/messages.ts";

/** The golden messages that the server's own tests read, too. */
const GOLDEN = import.meta.glob<string>("../../../tests/wire/*.json", { eager: true, query: "?raw", import: "default" });

const messages = Object.entries(GOLDEN).flatMap(([path, content]) => {
  const name = path.split("/").at(-1) ?? path;
  const data: unknown = JSON.parse(content);
  return (Array.isArray(data) ? data : [data]).map((message: unknown, index) => ({ name: `${name} ${index}`, message }));
});

const frame = {
  type: "frame",
  timestamp: "2026-03-14T09:26:53.030Z",
  id: "5f0c3a9d2e7b4816-44",
  job_id: "019a2f6c",
  attempt: 1,
  payload: {
    frame_id: "019a2f6c:16",
    frame_index: 16,
    plugin: "motion",
    tool: "moving_regions",
    device_used: "cpu",
    timing_ms: 4.2,
    data: { frame_index: 16, timestamp_ms: 533.3, boxes: [{ x1: 0, y1: 0, x2: 5, y2: 5 }], scores: [0.5], labels: ["a"] },
  },
};

function changed(change: (copy: typeof frame) => unknown): string {
  const copy = structuredClone(frame);
  const made = change(copy);
  return JSON.stringify(made ?? copy);
}

test("there is a golden message for every type", () => {
  expect(messages.length).toBeGreaterThanOrEqual(17);
});

test.for(messages)("the golden message $name is understood as it is written", ({ message }) => {
  const parsed = parseMessage(JSON.stringify(message));

  expect(parsed).toMatchObject({ kind: "message" });
  if (parsed.kind !== "message") return;
  const { partial: _partial, ...payload } = (message as { payload: Record<string, unknown> }).payload;
  expect(parsed.message).toMatchObject({ ...(message as object), payload });
});

test("fields that a later version added are passed over", () => {
  const parsed = parseMessage(changed((copy) => ({ ...copy, shiny: 1, payload: { ...copy.payload, shiny: [2] } })));

  expect(parsed).toEqual({ kind: "message", message: frame });
});

test("a type that a later version added is told apart from a damaged message", () => {
  expect(parseMessage('{"type":"hologram","payload":{},"timestamp":"2026-03-14T09:26:53Z"}')).toEqual({
    kind: "unknown",
    type: "hologram",
  });
});

describe("what can't be used is refused with a code, and nothing is thrown", () => {
  const refusals: [string, ParseErrorCode, string][] = [
    ["nothing", "MSG_INVALID_JSON", ""],
    ["a text cut short", "MSG_INVALID_JSON", JSON.stringify(frame).slice(0, -9)],
    ["a web page", "MSG_INVALID_JSON", "<html>502 Bad Gateway</html>"],
    ["null", "MSG_INVALID_JSON", "null"],
    ["a list", "MSG_INVALID_JSON", "[1]"],
    ["a hundred thousand brackets", "MSG_INVALID_JSON", "[".repeat(100_000)],
    ["no type", "MSG_MISSING_FIELD", '{"payload":{},"timestamp":"2026-03-14T09:26:53Z"}'],
    ["no payload", "MSG_MISSING_FIELD", changed(({ payload: _payload, ...rest }) => rest)],
    ["no label list", "MSG_MISSING_FIELD", changed((copy) => void Reflect.deleteProperty(copy.payload.data, "labels"))],
    ["a type that is a number", "MSG_INVALID_FIELD", changed((copy) => ({ ...copy, type: 7 }))],
    ["a type named like an object's own parts", "MSG_INVALID_FIELD", changed((copy) => ({ ...copy, type: {} }))],
    ["a place that is none", "MSG_INVALID_FIELD", changed((copy) => void (copy.id = "44"))],
    ["an attempt of zero", "MSG_INVALID_FIELD", changed((copy) => void (copy.attempt = 0))],
    ["more labels than boxes", "MSG_INVALID_FIELD", changed((copy) => void copy.payload.data.labels.push("b"))],
    ["a score above one", "MSG_INVALID_FIELD", changed((copy) => void (copy.payload.data.scores = [1.1]))],
    ["half a frame index", "MSG_INVALID_FIELD", changed((copy) => void (copy.payload.frame_index = 0.5))],
    ["an endless coordinate", "MSG_INVALID_FIELD", changed(() => undefined).replace('"x2":5', '"x2":1e999')],
    [
      "a picture from elsewhere",
      "MSG_INVALID_FIELD",
      changed((copy) => ({ ...copy, payload: { ...copy.payload, image_url: "//elsewhere.example/1.jpg" } })),
    ],
    ["too much", "MSG_TOO_LARGE", `"${"x".repeat(MAX_TEXT_LENGTH)}"`],
  ];

  test.for(refusals)("%s", ([, code, text]) => {
    expect(parseMessage(text)).toMatchObject({ kind: "invalid", code });
  });
});

test("a message can't reach into the prototype of an object", () => {
  const text = changed(() => undefined).replace('"data":{', '"data":{"data":{"__proto__":{"polluted":true},"kept":1},');

  const parsed = parseMessage(text);

  expect(parsed).toMatchObject({ kind: "message", message: { payload: { data: { data: { kept: 1 } } } } });
  expect(Reflect.get({}, "polluted")).toBeUndefined();
});
