import { type ReactElement, type ReactNode, useState } from "react";

import { type BatchAction, type BatchOutcome, type BatchState, useBatchAction } from "../../api/batches.ts";
import { countOf, endedOf } from "../../api/live_batches.ts";
import { wordsFor } from "../../api/problems.ts";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { counted } from "../quantities.ts";
import { batchName } from "./names.ts";

type Question = "cancel" | "purge";

export interface BatchActions {
  /** Do it; what loses something is asked about first. */
  ask: (action: BatchAction) => void;
  isBusy: boolean;
  dialog: ReactElement;
  /** What came of the last one, for a place that is read aloud. */
  notice: ReactNode;
}

function lost(question: Question, batch: BatchState): string {
  const rest = batch.total - endedOf(batch);
  return question === "cancel"
    ? `${counted(rest, "item")} that ${rest === 1 ? "has" : "have"} not ended ${rest === 1 ? "stops" : "stop"} within two seconds. What was found until then is kept.`
    : `The inputs, all frames, pictures and the logs of ${counted(batch.total, "item")} are deleted for good. Nothing brings them back.`;
}

function words({ action, retried }: BatchOutcome): string {
  switch (action) {
    case "cancel":
      return "Cancelled: all of it has ended.";
    case "purge":
      return "Deleted.";
    case "retry":
    case "rerun":
      return retried === 0
        ? "None of them can run again: they are lines of the manifest that can't be used."
        : `${counted(retried, "item")} ${retried === 1 ? "runs" : "run"} again.`;
  }
}

/** Cancel, retry and delete a whole batch, with the questions and what came of them. */
export function useBatchActions(batchId: string, batch: BatchState | undefined, onDone: (action: BatchAction) => void): BatchActions {
  const [question, setQuestion] = useState<Question>("cancel");
  const [isOpen, setOpen] = useState(false);
  const mutation = useBatchAction(batchId);
  const run = (action: BatchAction) => {
    mutation.mutate(action, { onSuccess: () => onDone(action) });
  };

  const failure = mutation.error === null ? null : wordsFor(mutation.error, "change");
  const isCancel = question === "cancel";
  return {
    ask(action) {
      if (action === "retry" || action === "rerun") run(action);
      else {
        setQuestion(action);
        setOpen(true);
      }
    },
    isBusy: mutation.isPending,
    notice:
      failure !== null
        ? `${failure.title}. ${failure.safe} ${failure.next}`
        : mutation.data !== undefined
          ? words(mutation.data)
          : mutation.isPending && mutation.variables === "cancel" && batch !== undefined && countOf(batch, "queued") > 0
            ? "Cancelling…"
            : null,
    dialog: (
      <Dialog
        open={isOpen && batch !== undefined}
        onOpenChange={setOpen}
        title={batch === undefined ? "" : `${isCancel ? "Cancel" : "Delete"} ${batchName(batch)}?`}
        description={batch === undefined ? "" : lost(question, batch)}
        actions={
          <>
            <Button onClick={() => setOpen(false)}>{isCancel ? "Let it run" : "Keep"}</Button>
            <Button
              look="danger"
              onClick={() => {
                setOpen(false);
                run(question);
              }}
            >
              {isCancel ? "Cancel the work" : "Delete for good"}
            </Button>
          </>
        }
      />
    ),
  };
}
