/** How a stream is carried. Each way is one file; the ladder tries them in the order of a list. */
import type { TransportName } from "../state.ts";

/** How a stream ended. */
export interface StreamEnd {
  /** What the server itself said: a close code or an HTTP status; null where the connection just broke. */
  code: number | null;
  /** What the other side said about it. */
  reason: string;
  /** Coming back would end in the same way. */
  final: boolean;
  /** The server ends its answers after a while, as it did here: come back at once. */
  planned?: boolean;
}

export interface StreamEvents {
  /** A message's text, as it came. */
  onText(text: string): void;
  /** Something came that is no message, by which one sees that the connection lives. */
  onAlive(): void;
  /** Called once, and nothing is called after it; not called after `close`. */
  onEnd(end: StreamEnd): void;
}

export interface Stream {
  /** Say something to the server; false where this way carries nothing in that direction. */
  send(text: string): boolean;
  /** End it without a further call. */
  close(): void;
}

export interface Transport {
  readonly name: TransportName;
  /** Whether something on the way may hold back what it carries, or let only its beginning through. */
  readonly mayHold: boolean;
  /** Whether another tab carries it. As long as that one makes a sound it is waited for. */
  readonly isShared?: boolean;
  /** Open a stream; `url` is http or https, with the whole query. Whether data comes through shows later. */
  open(url: URL, events: StreamEvents): Stream;
}
