import type { ReactElement } from "react";

import type { JobAction, JobSummary } from "../../api/jobs.ts";
import { Button } from "../../components/Button.tsx";
import { counted } from "../quantities.ts";
import { ColumnMenu } from "./ColumnMenu.tsx";
import "./SelectionBar.css";
import { fits, type JobActions } from "./useJobActions.tsx";

export interface SelectionBarProps {
  selected: readonly JobSummary[];
  /** What is shown, in words. */
  shown: string;
  actions: JobActions;
  onClear: () => void;
}

const WORDS: readonly { action: JobAction; word: string }[] = [
  { action: "cancel", word: "Cancel" },
  { action: "retry", word: "Run again" },
  { action: "purge", word: "Delete" },
];

/** What can be done with the selected jobs, and what came of it. Its space is kept, so that no row moves. */
export function SelectionBar({ selected, shown, actions, onClear }: SelectionBarProps): ReactElement {
  return (
    <div className="selection-bar" data-any={selected.length > 0 ? "" : undefined}>
      <p className="selection-bar__notice" role="status">
        {selected.length > 0
          ? `${counted(selected.length, "job")} selected`
          : (actions.notice ?? shown)}
      </p>
      {selected.length === 0 ? (
        <ColumnMenu />
      ) : (
        <div className="selection-bar__actions">
          {WORDS.map(({ action, word }) => {
            const count = selected.filter((job) => fits(action, job)).length;
            return (
              <Button
                key={action}
                look={action === "purge" ? "danger" : "plain"}
                disabled={count === 0}
                busy={actions.isBusy}
                onClick={() => {
                  actions.ask(action, selected);
                }}
              >
                {count > 0 && count < selected.length ? `${word} (${count})` : word}
              </Button>
            );
          })}
          <Button look="quiet" onClick={onClear}>
            Clear selection
          </Button>
        </div>
      )}
    </div>
  );
}
