import type { ReactElement } from "react";

import { Dialog } from "./Dialog.tsx";
import { KeyList, type KeyMeaning } from "./KeyList.tsx";

/** All keys of the overlay. */
export const OVERLAY_KEYS: readonly KeyMeaning[] = [
  [["Space"], "Play, pause"],
  [["←", "→"], "One frame back, forward"],
  [["<", ">"], "Slower, faster"],
  [["Home", "End"], "First frame, last frame"],
  [["L"], "Back to live"],
  [["+", "−", "0"], "Nearer, farther, show all"],
  [["J", "K"], "Down and up the table of detections"],
  [["Esc"], "Close"],
  [["?"], "These keys"],
];

/** The overlay's own table of them, where nothing around it has one. */
export function KeyHelp({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }): ReactElement {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keys">
      <KeyList keys={OVERLAY_KEYS} />
    </Dialog>
  );
}
