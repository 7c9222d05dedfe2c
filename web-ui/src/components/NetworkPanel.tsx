import { type ReactElement, useId } from "react";

import type { ConnectionInfo } from "../realtime/state.ts";
import { connectionWords } from "./connection_words.ts";
import { LiveIcon, WaitIcon } from "./icons.tsx";
import "./NetworkPanel.css";
import { useNow } from "./now.ts";

export type NetworkHabit = "none" | "strip" | "hold" | "mute" | "cut";

export interface NetworkPanelProps {
  habit: NetworkHabit;
  onChoose: (habit: NetworkHabit) => void;
  connection: ConnectionInfo;
  /** Since when messages come as they do (epoch milliseconds); null while none come. */
  since: number | null;
  counts: { received: number; logged: number; lost: number; doubled: number };
  /** Why it can't be done, in words. */
  failure?: string | undefined;
  /** Whether it says by itself how messages come: not where something beside it does. */
  speaks: boolean;
  now?: number | undefined;
}

const HABITS: Readonly<Record<NetworkHabit, { label: string; about: string }>> = {
  none: {
    label: "As it is",
    about: "Choose what this server shall do to the connections of this page, as networks do elsewhere.",
  },
  strip: {
    label: "Upgrades stripped",
    about: "Many a company's proxy takes requests and answers only: it refuses the upgrade that a WebSocket begins with.",
  },
  hold: {
    label: "Answers held back",
    about: "Proxies that look for viruses pass an answer on when it has ended, which a stream does not, and refuse upgrades.",
  },
  mute: {
    label: "Opened, then mute",
    about: "Some firewalls let a WebSocket open, then pass nothing on and never say so: it looks well, and is dead.",
  },
  cut: {
    label: "Cut every few seconds",
    about: "Some gateways end every connection after a while, whatever comes over it: here after four seconds.",
  },
};

const NAMES = Object.keys(HABITS) as NetworkHabit[];

/** The switch that breaks the network, and what becomes of the messages: how they come, since when, and how many. */
export function NetworkPanel(props: NetworkPanelProps): ReactElement {
  const { habit, onChoose, counts, failure } = props;
  const id = useId();
  const [title, about] = [`${id}title`, `${id}about`];
  return (
    <div className="network" role="group" aria-labelledby={title}>
      <div className="network__row">
        <h2 className="network__title" id={title}>
          Break my network
        </h2>
        <div className="network__choices" role="radiogroup" aria-labelledby={title} aria-describedby={about}>
          {NAMES.map((each) => (
            <label key={each} className="network__choice">
              <input type="radio" name={id} value={each} checked={habit === each} onChange={() => onChoose(each)} />
              {HABITS[each].label}
            </label>
          ))}
        </div>
        <dl className="network__counts">
          <Count name="received" count={counts.received} />
          <Count name="checked" title="Messages of the job’s log that were looked for among those received" count={counts.logged} />
          <Count name="lost" count={counts.lost} isBad />
          <Count name="doubled" count={counts.doubled} isBad />
        </dl>
      </div>
      <div className="network__row">
        <p className="network__about" id={about}>
          {HABITS[habit].about}
        </p>
        {failure === undefined ? (
          <Way {...props} />
        ) : (
          <p className="network__way" data-tone="error" role="alert">
            {failure}
          </p>
        )}
      </div>
    </div>
  );
}

function Count(props: { name: string; count: number; title?: string; isBad?: boolean }): ReactElement {
  const { name, count, title, isBad = false } = props;
  return (
    <div className="network__count" title={title} data-bad={isBad && count > 0 ? "" : undefined}>
      <dt>{name}</dt>
      <dd>{count.toLocaleString("en")}</dd>
    </div>
  );
}

/** Over what messages come, since when, and why. */
function Way({ connection, since, speaks, now }: NetworkPanelProps): ReactElement {
  const time = useNow(now, connection.status === "RECONNECTING");
  const { tone, text, countdown, more } = connectionWords(connection, time);
  const isLooking = connection.status === "CONNECTING";
  return (
    <p className="network__way" data-tone={tone} role={speaks ? "status" : undefined}>
      {tone === "live" ? <LiveIcon /> : <WaitIcon />}
      <span>
        {isLooking ? "Looking for a way that works; messages are asked for meanwhile" : text}
        {/* The last way is come to over the others only. */}
        {connection.transport === "poll" && tone === "live" && connection.fallback !== "cut" && ", and event streams do not come through"}
        {!isLooking && countdown !== undefined && <span aria-hidden="true">{` ${countdown}`}</span>}
        {!isLooking && more !== undefined && ` ${more}`}
        {since !== null && (
          <span className="network__since">
            {", since "}
            <time dateTime={new Date(since).toISOString()}>{new Date(since).toLocaleTimeString("en-GB")}</time>
          </span>
        )}
      </span>
    </p>
  );
}
