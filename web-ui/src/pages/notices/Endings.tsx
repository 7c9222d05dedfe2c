import { type ReactElement, useEffect, useEffectEvent, useState, useSyncExternalStore } from "react";
import { useLocation } from "wouter";

import { batchStanding } from "../../api/batches.ts";
import { jobStanding } from "../../api/jobs.ts";
import { rootPath } from "../../api/root.ts";
import { useRealtimeMessages } from "../../realtime/useRealtime.ts";
import { notify, usePreference } from "../preferences.ts";
import { markEnded } from "./ended_mark.ts";
import { taken, useWaited, type Waited } from "./waited.ts";

const WORDS = { done: "Done", error: "Error", cancelled: "Cancelled" } as const;
type Ending = keyof typeof WORDS;

function isEnding(status: string): status is Ending {
  return Object.hasOwn(WORDS, status);
}

function onVisibility(listener: () => void): () => void {
  document.addEventListener("visibilitychange", listener);
  return () => document.removeEventListener("visibilitychange", listener);
}

function pathOf({ kind, id }: Waited): string {
  return `/${kind === "job" ? "jobs" : "batches"}/${id}`;
}

/** Say it outside of the page. The same end, said twice, is one notification. */
function tell(one: Waited, status: Ending, open: () => void): void {
  if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
  try {
    const said = new Notification(`${WORDS[status]}: ${one.name}`, {
      body: one.kind === "job" ? "The job has ended." : "The batch has ended.",
      tag: `transom ${one.id}`,
    });
    said.addEventListener("click", () => {
      window.focus();
      open();
      said.close();
    });
  } catch {
    // Some browsers show them from a service worker alone: the title says it.
  }
}

/** Follows what is waited for. What ended while nobody followed is found by asking once. */
function Feed({ waited, told }: { waited: readonly Waited[]; told: boolean }): null {
  const [here, navigate] = useLocation();
  const [resets, setResets] = useState(0);
  const ended = async (id: string, status: Ending): Promise<void> => {
    if (!waited.some((one) => one.id === id)) return;
    markEnded();
    const mine = await taken(id);
    if (mine === null || !told || (!document.hidden && here === pathOf(mine))) return;
    tell(mine, status, () => navigate(pathOf(mine)));
  };
  const ids = (kind: Waited["kind"]) => waited.filter((one) => one.kind === kind).map(({ id }) => id).sort();
  const [jobIds, batchIds] = [ids("job"), ids("batch")];
  const { connection } = useRealtimeMessages({ root: rootPath, jobIds, batchIds, types: ["job_status", "batch_status"] }, (message) => {
    if (message.type === "job_status") {
      if (message.job_id !== undefined && isEnding(message.payload.status)) void ended(message.job_id, message.payload.status);
    } else if (message.type === "batch_status" && message.payload.progress >= 100) {
      void ended(message.payload.batch_id, (message.payload.counts.error ?? 0) > 0 ? "error" : "done");
    } else if (message.type === "reset") {
      setResets((before) => before + 1);
    }
  });

  const ask = useEffectEvent(async () => {
    for (const { kind, id } of waited) {
      const status = await (kind === "job" ? jobStanding(id) : batchStanding(id));
      if (status === "gone") await taken(id);
      else if (status !== null && isEnding(status)) await ended(id, status);
    }
  });
  const isOpen = connection.status === "OPEN";
  useEffect(() => {
    if (isOpen) void ask();
  }, [isOpen, resets]);
  return null;
}

/** Tells when something ends that is waited for in this browser: by the title while nobody looks, and outside if asked to. */
export function Endings(): ReactElement | null {
  const waited = useWaited();
  const [chosen] = usePreference(notify);
  const isHidden = useSyncExternalStore(onVisibility, () => document.hidden);
  // While somebody looks, the pages themselves follow what they show: no stream is held besides theirs.
  const [wasHidden, setWasHidden] = useState(false);
  if (isHidden && !wasHidden) setWasHidden(true);
  const told = chosen === "on";
  if (waited.length === 0 || !(told || isHidden || wasHidden)) return null;
  return <Feed waited={waited} told={told} />;
}
