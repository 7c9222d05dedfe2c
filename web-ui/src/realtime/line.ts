/** A stream in the making or in use: what a dial brings, in order and without holes. */
import { Dial, type DialEvents, type DialOptions } from "./dial.ts";
import { Gate } from "./gate.ts";
import type { MessageOf, RealtimeMessage } from "./messages.ts";
import type { Position } from "./position.ts";
import type { Failing } from "./state.ts";
import type { Transport } from "./transports/transport.ts";

export interface LineEvents extends Omit<DialEvents, "onInvalid" | "onUnknown" | "onProven"> {
  /** The transport that brought this `hello` brings what is said when it is said. */
  onProven(hello: MessageOf<"hello">, transport: Transport, fallback: Failing | null): void;
  onInvalid(code: Parameters<DialEvents["onInvalid"]>[0], detail: string): void;
  onUnknown(): void;
  /** The server left messages out; they are read from the log. */
  onGap(): void;
  /** What it left out can't be read. */
  onStuck(): void;
}

export interface LineOptions extends DialOptions {
  position: Position;
  /** Read the log on up to this cursor; false where that is not possible. */
  fill: (to: string) => Promise<boolean>;
}

export class Line {
  readonly #dial: Dial;
  #gate: Gate;

  constructor({ position, fill, ...options }: LineOptions, events: LineEvents) {
    const newGate = () => new Gate({ fill, onStuck: () => events.onStuck() });
    const pass = (id: string | undefined) => {
      if (id !== undefined) this.#gate.take(() => position.note(id));
    };
    this.#gate = newGate();
    let greeting: MessageOf<"hello"> | null = null;
    this.#dial = new Dial(options, {
      ...events,
      onHello: (hello, transport, fallback) => {
        greeting = hello;
        // What a stream before this one still owed is owed by nobody.
        this.#gate.close();
        this.#gate = newGate();
        const { cursor } = hello.payload;
        if (position.since === null) position.start(cursor);
        // It begins above what has come, as that of another tab does.
        else if (position.isBelow(cursor)) this.#gate.holdUntil(cursor);
        events.onHello(hello, transport, fallback);
      },
      onProven: (transport, fallback) => greeting !== null && events.onProven(greeting, transport, fallback),
      onMessage: (message: RealtimeMessage) => {
        this.#gate.take(() => {
          if (message.type !== "gap") {
            events.onMessage(message);
            return;
          }
          events.onGap();
          this.#gate.holdUntil(message.payload.to);
        });
      },
      onInvalid: (code, detail, id) => {
        pass(id);
        events.onInvalid(code, detail);
      },
      onUnknown: (id) => {
        pass(id);
        events.onUnknown();
      },
    });
  }

  send(text: string): boolean {
    return this.#dial.send(text);
  }

  /** End it; no event follows. */
  close(): void {
    this.#gate.close();
    this.#dial.close();
  }
}
