import type { ReactElement } from "react";

import { Dialog } from "../../components/Dialog.tsx";
import { OVERLAY_KEYS } from "../../components/KeyHelp.tsx";
import { KeyList, type KeyMeaning } from "../../components/KeyList.tsx";
import "./KeyboardHelp.css";

const GROUPS: readonly { title: string; keys: readonly KeyMeaning[] }[] = [
  { title: "Everywhere", keys: [[["?"], "Show these keys"]] },
  {
    title: "Jobs",
    keys: [
      [["J", "K"], "Next job, job before"],
      [["Enter"], "Open the job"],
      [["X"], "Select the job"],
      [["/"], "Search"],
      [["Esc"], "Leave the search, or select nothing"],
    ],
  },
  {
    title: "Batches",
    keys: [
      [["J", "K"], "Next row, row before"],
      [["Enter"], "Open it"],
    ],
  },
  {
    title: "Wall",
    keys: [
      [["J", "K"], "Next job, job before"],
      [["Enter"], "Open the job"],
      [["F"], "The whole screen"],
    ],
  },
  { title: "Submit", keys: [[["Ctrl", "V"], "Take a picture from the clipboard"]] },
  { title: "Watching a job", keys: OVERLAY_KEYS.filter(([[key]]) => key !== "?") },
];

/** Every key that does something, by page. */
export function KeyboardHelp(props: { open: boolean; onOpenChange: (open: boolean) => void }): ReactElement {
  return (
    <Dialog open={props.open} onOpenChange={props.onOpenChange} title="Keyboard shortcuts">
      {GROUPS.map(({ title, keys }) => (
        <section key={title} className="keyboard-help">
          <h3>{title}</h3>
          <KeyList keys={keys} />
        </section>
      ))}
    </Dialog>
  );
}
