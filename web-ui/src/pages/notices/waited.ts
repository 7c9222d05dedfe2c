/**
 * What this browser waits for: jobs and batches that were watched here and had not ended.
 *
 * Kept in the browser's storage, the same in every tab. Whoever takes something out is the one to tell of it, so that
 * of several tabs one does.
 */
import { useSyncExternalStore } from "react";

export interface Waited {
  kind: "job" | "batch";
  id: string;
  name: string;
}

const KEY = "transom_waited";
/** The oldest is forgotten for one more. */
const MOST = 50;

const listeners = new Set<() => void>();
let stored: string | null = null;
let list: readonly Waited[] = [];

function isWaited(entry: unknown): entry is Waited {
  if (typeof entry !== "object" || entry === null) return false;
  const { kind, id, name } = entry as Record<string, unknown>;
  return (kind === "job" || kind === "batch") && typeof id === "string" && typeof name === "string";
}

function read(): readonly Waited[] {
  let text: string | null;
  try {
    text = localStorage.getItem(KEY);
  } catch {
    // Storage that the browser refuses: what this tab knows counts.
    return list;
  }
  if (text === stored) return list;
  stored = text;
  try {
    const entries: unknown = JSON.parse(text ?? "[]");
    list = Array.isArray(entries) ? entries.filter(isWaited) : [];
  } catch {
    list = [];
  }
  return list;
}

function write(next: readonly Waited[]): void {
  list = next;
  stored = JSON.stringify(next);
  try {
    localStorage.setItem(KEY, stored);
  } catch {
    // As above.
  }
  for (const listener of listeners) listener();
}

function onStorage(event: StorageEvent): void {
  if (event.key === KEY || event.key === null) for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) addEventListener("storage", onStorage);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) removeEventListener("storage", onStorage);
  };
}

/** Wait for its end. */
export function waitFor(one: Waited): void {
  const before = read();
  if (before.some(({ id, name }) => id === one.id && name === one.name)) return;
  write([...before.filter(({ id }) => id !== one.id), one].slice(-MOST));
}

/** Wait no more; what was waited for, or null where another tab took it. */
export async function taken(id: string): Promise<Waited | null> {
  const take = (): Waited | null => {
    const before = read();
    const found = before.find((one) => one.id === id) ?? null;
    if (found !== null) write(before.filter((one) => one !== found));
    return found;
  };
  // Only a secure page has locks; elsewhere two tabs may tell of the same, and the notification's tag makes them one.
  return "locks" in navigator ? navigator.locks.request(KEY, take) : take();
}

/** What is waited for at this moment. */
export function useWaited(): readonly Waited[] {
  return useSyncExternalStore(subscribe, read);
}
