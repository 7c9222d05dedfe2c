/** What the demonstration counts is what was handed over, held against the log. */
import { expect, test } from "vitest";

import type { RealtimeMessage } from "../../src/realtime/messages.ts";
import { Tally } from "../../src/pages/demo/tally.ts";
import { progress, status } from "./wire_messages.ts";

const NOW = Date.parse("2026-03-14T09:00:00.000Z");
const LATER = NOW + 60_000;

const done = (seq: number): RealtimeMessage => status(seq, "done");
const said = (seq: number): RealtimeMessage => progress(seq, seq);

function tallyOf(handed: readonly number[], logged: readonly RealtimeMessage[]): Tally {
  const tally = new Tally("e-0");
  for (const seq of handed) tally.take(said(seq));
  tally.read(logged, NOW);
  return tally;
}

test("what the log has and the page was handed is neither lost nor doubled", () => {
  const tally = tallyOf([1, 2, 3], [said(1), said(2), said(3)]);

  expect(tally.counts(LATER)).toEqual({ received: 3, logged: 3, lost: 0, doubled: 0 });
});

test("what was overtaken by something later is lost", () => {
  const tally = tallyOf([1, 3], [said(1), said(2), said(3)]);

  expect(tally.counts(NOW)).toEqual({ received: 2, logged: 3, lost: 1, doubled: 0 });
});

test("what may be on its way is not lost yet, and lost when it does not come", () => {
  const tally = tallyOf([1], [said(1), said(2), done(3)]);

  expect(tally.counts(NOW).lost).toBe(0);
  expect(tally.isWhole(NOW)).toBe(false);
  expect(tally.counts(LATER).lost).toBe(2);
  expect(tally.isWhole(LATER)).toBe(true);
});

test("what comes after all was not lost", () => {
  const tally = tallyOf([1], [said(1), done(2)]);
  expect(tally.counts(LATER).lost).toBe(1);

  tally.take(done(2));

  expect(tally.counts(LATER)).toEqual({ received: 2, logged: 2, lost: 0, doubled: 0 });
});

test("each time that something comes again is counted", () => {
  const tally = tallyOf([1, 2, 2, 2, 1], [said(1), said(2)]);

  expect(tally.counts(NOW)).toEqual({ received: 2, logged: 2, lost: 0, doubled: 3 });
});

test("where the log begins another life, counting begins anew, from there", () => {
  const tally = tallyOf([1, 3], [said(1), said(2), said(3)]);

  tally.take({ type: "reset", payload: { reason: "epoch_changed", cursor: "f-7" }, timestamp: "2026-03-14T09:00:00.000Z" });

  expect(tally.readTo).toBe("f-7");
  expect(tally.counts(LATER)).toEqual({ received: 0, logged: 0, lost: 0, doubled: 0 });
});
